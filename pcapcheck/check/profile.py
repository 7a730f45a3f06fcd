"""A profile is what one CNI back-end promises: parameters, paths and rules, and how it is recognised.

Plain data, as a rule file gives it after `extends`. How files are read is for `rulefile` and `rules`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from pcapcheck.check.matchers import Matcher, Value, equal
from pcapcheck.check.parameter import NOWHERE, Parameter
from pcapcheck.check.reference import Repository
from pcapcheck.check.rule import Rule
from pcapcheck.correlate.paths import Path
from pcapcheck.documents.events import Place

BETWEEN_PODS: Final = ("pod-to-pod", "pod-to-service")
ACROSS_NODES: Final = ("cross-node", "cross-subnet")


@dataclass(frozen=True, slots=True)
class DecodeAs:
    """`table` values that carry `protocol`: a number, or `$parameter`."""

    table: str  # udp.port, ip.proto, …
    value: int | str
    protocol: str


@dataclass(frozen=True, slots=True)
class Clue:
    """A sign in captures that they are of this profile, with its weight.

    Attributes:
        at: roles at which it shows.
        when: what packets there match.
        weight: what it adds to the score if packets match, and subtracts if they do not; a negative one
            speaks against the profile if they match.
        traffic: only packets that travel same-node, cross-node or cross-subnet.
        interface: names of captured interfaces, instead of packets.
        some: some packets are enough, not most: a tunnel that is used at all is no accident.
    """

    at: tuple[str, ...]
    when: Mapping[str, Matcher]
    weight: float
    traffic: tuple[str, ...] = ()
    interface: tuple[str, ...] = ()
    some: bool = False

    @property
    def variables(self) -> tuple[str, ...]:
        """Every variable that it reads, without the dollar sign."""
        return tuple(dict.fromkeys(name for matcher in self.when.values() for name in matcher.variables))


@dataclass(frozen=True, slots=True)
class Traits:
    """Facts of a CNI that paths and causes need, and no rule says; `traits` in rules.schema.json.

    Attributes:
        tunnel: the form between nodes, or `none`.
        tunnel_between: nodes | subnets: where the tunnel is used.
        tunnel_port: the UDP port of the tunnel: a number, or `$parameter`.
        encrypted: what travels between nodes cannot be read at the uplinks.
        bridged: pods of several nodes are in one L2 segment: no gateway and no routed hop between them.
        same_node: switched | routed | direct | reflected | never: how pods of one node, or parent, talk.
        gateway_mac: a MAC, or `$parameter`: what every pod has for its gateway; None: the bridge's or veth's.
        masquerade: a boolean, or `$parameter`: pods get the node's address towards the outside.
        identity_vni: the VNI is the sender's identity, and differs by direction.
        shared_mac: pods have the MAC of the interface under them.
        announced: each node announces its own address as a tunnel's end, and others believe it.
    """

    tunnel: str = "none"
    tunnel_between: str = "nodes"
    tunnel_port: int | str | None = None
    encrypted: bool = False
    bridged: bool = False
    same_node: str = "routed"
    gateway_mac: str | None = None
    masquerade: bool | str = True
    identity_vni: bool = False
    shared_mac: bool = False
    announced: bool = False

    def form(self, where: str) -> str:
        """Return the form in which pod traffic of this kind travels between nodes."""
        tunnelled = where == "cross-subnet" or (where == "cross-node" and self.tunnel_between == "nodes")
        return self.tunnel if tunnelled and self.tunnel != "none" else "plain"


@dataclass(frozen=True)
class Profile:
    """A rule file with all that it extends.

    Attributes:
        shared: it describes no CNI by itself; its rules alone make no network conformant.
        extends: names of the profiles whose rules, paths and parameters it has, itself not included.
        paths: `who/where`, `who` or `where` -> hops in the direction that the name says.
        sources: name -> the repository that references of rules name so.
        own_rules: ids of the rules from no shared profile: without one judged, nothing is conformant.
    """

    name: str
    title: str
    extends: tuple[str, ...] = ()
    shared: bool = False
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    decode_as: tuple[DecodeAs, ...] = ()
    detect: tuple[Clue, ...] = ()
    traits: Traits = Traits()
    paths: Mapping[str, Path] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    own_rules: frozenset[str] = frozenset()
    sources: Mapping[str, Repository] = field(default_factory=dict)
    place: Place = NOWHERE

    def value(self, word: object) -> Value | None:
        """Return the value of a trait: itself, or the first value of the parameter that `$word` names."""
        if isinstance(word, str) and word.startswith("$"):
            return next(iter(self.values(word[1:])), None)
        return word if isinstance(word, int | str) else None

    def values(self, name: str) -> tuple[Value, ...]:
        """Return the values of a parameter; none if it has no value, or there is no such parameter."""
        parameter = self.parameters.get(name)
        return parameter.values if parameter else ()

    def dissectors(self) -> dict[str, dict[int, str]]:
        """Return what `dissector_table` takes: table -> value -> protocol."""
        tables: dict[str, dict[int, str]] = {}
        for each in self.decode_as:
            named = self.values(str(each.value)[1:]) if isinstance(each.value, str) else (each.value,)
            for value in named:
                if isinstance(value, int):
                    tables.setdefault(each.table, {})[value] = each.protocol
        return tables

    @property
    def active(self) -> tuple[Rule, ...]:
        """The rules that apply with the parameters in force."""
        return tuple(rule for rule in self.rules if self._is_given(rule))

    def _is_given(self, rule: Rule) -> bool:
        return all(
            any(equal(value, each) for value in self.values(name) for each in wanted)
            for name, wanted in rule.given.items()
        )

    def path(self, who: str, where: str) -> Path:
        """Return the hops that packets of these traffic kinds cross; empty if the profile does not say."""
        general = (where, who) if who in BETWEEN_PODS and where else (who, where)
        names = (f"{who}/{where}", *general)
        return next((self.paths[name] for name in names if name in self.paths), ())


def with_values(profile: Profile, parameters: Iterable[Parameter]) -> Profile:
    """Return the profile with these parameters instead of its own of the same names."""
    changed = {**profile.parameters, **{each.name: each for each in parameters}}
    return replace(profile, parameters=changed)


def differing(profile: Profile, shipped: Profile) -> dict[str, object]:
    """Return the parameters whose values are not those of the rule file, as a topology file has them."""
    return {
        name: each.plain
        for name, each in profile.parameters.items()
        if each.values and each.values != shipped.parameters[name].values
    }
