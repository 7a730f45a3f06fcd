"""Difference: what differs between two sets of captures of one network, as plain data."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pcapcheck.check.finding import Frame, Severity
from pcapcheck.report.report import Verdict

DIFF_SCHEMA = "diff-v1"


@dataclass(frozen=True, slots=True)
class DifferenceSummary:
    """One of the two sets."""

    verdict: Verdict
    profile: str | None
    captures: int
    packets: int
    flows: int
    diagnoses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeaderChange:
    """A field that has values in one set which it does not have in the other.

    Attributes:
        who, where: the traffic kind.
        role, side, form: the hop, and how packets travel there; form is "" where forms are compared.
        field: Wireshark's name; `form` or `stack` for how packets are made up.
        both, good, bad: values in both sets, and in one only; addresses are named after their owners.
        nodes: where the values of `bad` were seen (else those of `good`).
        packets: how many packets have these values.
        frames: the first of them at each node.
    """

    who: str
    where: str
    role: str
    side: str
    form: str
    field: str
    both: tuple[str, ...]
    good: tuple[str, ...]
    bad: tuple[str, ...]
    nodes: tuple[str, ...]
    packets: int
    frames: tuple[Frame, ...]


@dataclass(frozen=True, slots=True)
class PathChange:
    """A hop that was captured in both sets, and that traffic of a kind crosses in one of them only."""

    who: str
    where: str
    role: str
    side: str
    only_in: str  # good | bad


@dataclass(frozen=True, slots=True)
class Loss:
    """Packets lost on the way from one captured hop to the next."""

    lost: int
    packets: int

    @property
    def share(self) -> float:
        """The part that was lost, 0…1."""
        return self.lost / self.packets if self.packets else 0.0


@dataclass(frozen=True, slots=True)
class LossChange:
    """A pair of hops between which one set loses a larger share of packets than the other."""

    who: str
    where: str
    hops: tuple[str, str]
    good: Loss
    bad: Loss


@dataclass(frozen=True, slots=True)
class Latency:
    """Latency from one captured hop to the next, in microseconds, over `flows` directions of flows."""

    median_us: float
    low_us: float  # a quarter is faster
    high_us: float  # a quarter is slower
    flows: int


@dataclass(frozen=True, slots=True)
class LatencyPair:
    """Latencies of one pair of hops; `changed` if they differ by more than their spread explains."""

    who: str
    where: str
    hops: tuple[str, str]
    good: Latency
    bad: Latency
    changed: bool


@dataclass(frozen=True, slots=True)
class FindingChange:
    """A rule that is broken at a node in one set only."""

    rule: str
    severity: Severity
    role: str
    node: str | None
    flows: int
    message: str
    only_in: str  # good | bad


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A rule that was exercised in one set only, and why not in the other."""

    rule: str
    only_in: str  # good | bad
    reason: str


@dataclass(frozen=True, slots=True)
class FlowChange:
    """Flows of which only one set has any; `port` is the server's."""

    source: str
    destination: str
    protocol: str
    port: int | None
    only_in: str  # good | bad


@dataclass(frozen=True, slots=True)
class Difference:
    """All differences between two sets, in an order that depends on the input alone.

    Flows, and the rules that they exercise, depend on the traffic of a test, and latencies are listed even
    where they are alike. None of these counts as a difference of the network.
    """

    good: DifferenceSummary
    bad: DifferenceSummary
    headers: tuple[HeaderChange, ...]
    paths: tuple[PathChange, ...]
    losses: tuple[LossChange, ...]
    latencies: tuple[LatencyPair, ...]
    findings: tuple[FindingChange, ...]
    rules: tuple[RuleChange, ...]
    flows: tuple[FlowChange, ...]

    @property
    def differs(self) -> bool:
        """Whether the network behaves differently."""
        slower = any(each.changed for each in self.latencies)
        causes = set(self.good.diagnoses) != set(self.bad.diagnoses)
        return bool(self.headers or self.paths or self.losses or self.findings or slower or causes)

    @property
    def exit_status(self) -> int:
        """The exit status of `pcapcheck diff`."""
        return int(self.differs)

    def __bool__(self) -> bool:
        raise TypeError("a Difference is neither true nor false: ask for `.differs`")

    def to_json(self) -> str:
        """Return everything as JSON."""
        whole: Mapping[str, Any] = {"schema": DIFF_SCHEMA, "differs": self.differs, **asdict(self)}
        return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"

    def __str__(self) -> str:
        """Return the text that `pcapcheck diff` prints."""
        from pcapcheck.compare.differencetext import lines

        return "".join(lines(self)).rstrip("\n")
