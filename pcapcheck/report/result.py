"""Result: all that a run found, and the verdict. The formats beside this file decide how it looks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pcapcheck.check.finding import Coverage, Finding, Frame, Hop


class Verdict(StrEnum):
    """What may be said of the network, from what was seen."""

    CONFORMANT = "conformant"
    VIOLATIONS = "violations"
    INCONCLUSIVE = "inconclusive"


EXIT_STATUS = {Verdict.CONFORMANT: 0, Verdict.VIOLATIONS: 1, Verdict.INCONCLUSIVE: 3}


@dataclass(frozen=True, slots=True)
class ProfileUsed:
    """A profile the captures were checked against.

    `confidence` is 0…1; 1 when the user or the topology named it.
    """

    name: str
    confidence: float
    evidence: str
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TopologyUsed:
    """Where the intended network came from, and what was guessed of it."""

    source: str
    inferred: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaptureUsed:
    """One capture point of one file, and what its capture can tell.

    Attributes:
        file: as the user named it.
        node, interface, role, pod: the capture point; None where it could not be bound.
        packets: how many were read.
        truncated: the last record was cut off.
        dropped: packets that the kernel dropped from the capture, None if it does not say.
        gaps: packets that this capture lacks although they passed (seen later, or answered).
        clock: ns, us, user-space, seconds or none.
        error: why it could not be read, else None.
    """

    file: str
    node: str | None
    interface: str | None
    role: str | None
    pod: str | None
    packets: int
    truncated: bool
    dropped: int | None
    gaps: int
    clock: str
    error: str | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One statement that speaks for a diagnosis: frames prove it, `filter` finds them in Wireshark."""

    says: str
    frames: tuple[Frame, ...] = ()
    filter: str | None = None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A root cause, ranked.

    `node` and `interface` say where to act; `alternatives` are ids of causes that fit less well.
    """

    id: str
    confidence: float
    title: str
    explanation: str
    fix: str
    node: str | None
    interface: str | None
    evidence: tuple[Evidence, ...]
    confirm: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    next_capture: str | None = None
    findings: tuple[int, ...] = ()
    information: bool = False


@dataclass(frozen=True, slots=True)
class PathStep:
    """One hop of a flow's expected path.

    `captured` is False where nobody was looking; `seen` and `missing` count packets; `fate` says what missing
    means there: lost, gap, unknown, or "" when nothing is missing. `latency_ns` is since the hop before, None
    where clocks or captures do not tell.
    """

    hop: Hop
    captured: bool
    seen: int
    missing: int
    fate: str
    latency_ns: int | None
    stack: str = ""


@dataclass(frozen=True, slots=True)
class FlowSummary:
    """One joined flow, both directions.

    Attributes:
        flow: tcp/10.244.0.5:41000-10.244.1.7:80, the client first.
        traffic: its kinds, e.g. ("pod-to-pod", "cross-node").
        source, destination: pod, node or service names where the topology knows them, else "".
        packets, bytes: of the point that saw most.
        first, last: int nanoseconds since 1970 UTC.
        forward, backward: the path of each direction.
        nat: the translations seen, as text, or None.
        points: how many capture points saw it.
    """

    flow: str
    traffic: tuple[str, ...]
    source: str
    destination: str
    packets: int
    bytes: int
    first: int
    last: int
    forward: tuple[PathStep, ...]
    backward: tuple[PathStep, ...]
    nat: str | None
    points: int


@dataclass(frozen=True, slots=True)
class Result:
    """All that a run found, in an order that depends on the input alone."""

    verdict: Verdict
    profiles: tuple[ProfileUsed, ...]
    topology: TopologyUsed
    captures: tuple[CaptureUsed, ...]
    diagnoses: tuple[Diagnosis, ...]
    findings: tuple[Finding, ...]
    flows: tuple[FlowSummary, ...]
    coverage: Coverage
    notes: tuple[str, ...] = ()
    rules: Mapping[str, str] = field(default_factory=dict)  # rule id -> title

    @property
    def exit_status(self) -> int:
        """The exit status of `pcapcheck check` for this verdict."""
        return EXIT_STATUS[self.verdict]

    def __bool__(self) -> bool:
        raise TypeError(
            "a Result is neither true nor false: compare `.verdict`, or call `.assert_conformant()`"
        )
