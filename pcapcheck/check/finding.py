"""The results of a check: findings, the frames that prove them, and what was not checked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase


class Severity(StrEnum):
    """How bad a broken rule is; `--fail-on` compares them."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, order=True)
class Frame:
    """One packet of one capture: `file` as the user named it, `frame` counted from 1 as Wireshark does."""

    file: str
    frame: int


@dataclass(frozen=True, slots=True, order=True)
class Hop:
    """One step of a path: a capture point, the form the packet has there, and which pass it is.

    Attributes:
        node: the node, or None where it is unknown or outside the cluster.
        interface: the interface's name.
        role: see `topology.Role`.
        form: plain, vxlan, ipip, gre, nvgre, geneve, wireguard, …
        side: source or destination: the node at that end of the packet's direction; None where it is neither.
        number: the pass, counted from 1: NodePort traffic crosses one uplink twice.
        pod: the pod inside which the point lies, or whose veth it is.
    """

    node: str | None
    interface: str
    role: str
    form: str
    side: str | None = None
    number: int = 1
    pod: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule broken at one hop by one direction of a flow.

    Attributes:
        rule: the rule's id.
        severity: as the rule says.
        hop: where it was seen.
        flow: the flow as DESIGN §10 writes it.
        frames: up to five, the first is the one to look at.
        packets: how many packets broke it so.
        judged: how many packets of that flow direction were judged there.
        expected, actual: field name -> value as text, failing keys only.
        message: one sentence for a reader.
    """

    rule: str
    severity: Severity
    hop: Hop
    flow: str
    frames: tuple[Frame, ...]
    packets: int
    judged: int
    expected: Mapping[str, str]
    actual: Mapping[str, str]
    message: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which rules and hops the captures exercised.

    Attributes:
        exercised: rule id -> packets judged.
        not_exercised: rule id -> why no packet was judged.
        not_evaluable: rule id -> which name had no value.
        hops_without_capture: hops of expected paths where nothing was captured.
        formerly: rule id -> the ids that it had before.
    """

    exercised: Mapping[str, int]
    not_exercised: Mapping[str, str]
    not_evaluable: Mapping[str, str]
    hops_without_capture: tuple[Hop, ...]
    formerly: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def unmet(self, require: Iterable[str]) -> tuple[str, ...]:
        """Return which required rules were not exercised, one sentence each.

        Args:
            require: rule ids or patterns (`flannel-vxlan/*`); every rule that matches must be exercised.
        """
        unjudged = {**self.not_exercised, **self.not_evaluable}
        missing = []
        for pattern in require:
            if not any(self._fits(rule, pattern) for rule in {**self.exercised, **unjudged}):
                missing.append(f"{pattern}: no rule of the profiles has this id")
            missing += [f"{rule}: {why}" for rule, why in unjudged.items() if self._fits(rule, pattern)]
        return tuple(missing)

    def _fits(self, rule: str, pattern: str) -> bool:
        return any(fnmatchcase(name, pattern) for name in (rule, *self.formerly.get(rule, ())))
