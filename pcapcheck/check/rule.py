"""One rule of a profile: which packets it selects, and what it promises about them (DESIGN, rule file).

Plain data. How rule files are read is for `rulefile`, and how packets are judged is for `checker`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from pcapcheck.check.finding import Severity
from pcapcheck.check.matchers import Matcher, Value
from pcapcheck.documents.events import Place

ASSERTIONS: Final = ("delivered", "symmetric", "in_order", "once")
EXCUSES: Final = ("answered",)
SIDES: Final = ("source", "destination")
WHO: Final = (
    "pod-to-pod",
    "pod-to-service",
    "pod-to-external",
    "external-to-pod",
    "pod-to-node",
    "node-to-pod",
    "host",
    "arp",
)
WHERE: Final = ("same-pod", "same-node", "cross-node", "cross-subnet")
OUTCOMES: Final = ("pass", "fail", "not_exercised", "not_evaluable")


@dataclass(frozen=True, slots=True)
class RuleTest:
    """A small capture, relative to the rule file, and what the rule says about it.

    `change` re-writes fields of packets at the rule's `side` and `at` (or the test's own `at`): field name ->
    value as in the file. `given` are values of the profile's parameters.
    """

    capture: str
    outcome: str  # pass | fail | not_exercised | not_evaluable
    change: Mapping[str, object] = field(default_factory=dict)
    at: tuple[str, ...] = ()
    given: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """One promise.

    Attributes:
        id: profile/what-it-protects.
        formerly: ids that it had before; options and baselines accept them.
        at: roles of the hops where it applies; empty for an assertion over whole flows.
        side: source or destination: only hops at that end of the packet's direction.
        form: only packets that travel in one of these forms there; empty is any.
        who, where: the traffic kinds it applies to; of each axis one must fit, an empty axis is any.
        unless: `answered`: a flow whose other direction was seen breaks no promise; None: any may.
        given: parameter -> values; the rule applies only if the parameter has one of them.
        when: which packets it selects; a field that is absent does not match.
        expect: what it promises of them.
        never: what `when` selects is the violation.
        assertion: delivered | symmetric | in_order | once, or None.
        diagnosis: the cause that readers are sent to.
        place: where the file says it.
    """

    id: str
    title: str
    severity: Severity
    because: str
    fix: str
    references: tuple[str, ...]
    place: Place
    at: tuple[str, ...] = ()
    side: str | None = None
    form: tuple[str, ...] = ()
    who: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    unless: str | None = None
    given: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    when: Mapping[str, Matcher] = field(default_factory=dict)
    expect: Mapping[str, Matcher] = field(default_factory=dict)
    never: bool = False
    assertion: str | None = None
    diagnosis: str | None = None
    tests: tuple[RuleTest, ...] = ()
    formerly: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Its id, and those that it had before."""
        return (self.id, *self.formerly)

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field that judging this rule reads, without the special names `form` and `stack`."""
        names = dict.fromkeys((*self.when, *self.expect))
        for matcher in (*self.when.values(), *self.expect.values()):
            names |= dict.fromkeys(matcher.fields)
        return tuple(name for name in names if name not in ("form", "stack"))

    @property
    def variables(self) -> tuple[str, ...]:
        """Every variable that judging this rule reads, without the dollar sign."""
        matchers = (*self.when.values(), *self.expect.values())
        return tuple(dict.fromkeys(name for matcher in matchers for name in matcher.variables))


def by_name(rules: Iterable[Rule]) -> dict[str, Rule]:
    """Return the rules by their ids and their former ids; where both exist, the id counts."""
    every = tuple(rules)
    return {**{name: rule for rule in every for name in rule.formerly}, **{rule.id: rule for rule in every}}
