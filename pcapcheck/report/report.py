"""Report: all that a run found, and the verdict, as plain data.

The modules of `formats/` decide how a report looks, `judge` makes it, and `pcapcheck.Result` wraps it for
callers of the Python API. This module knows none of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

from pcapcheck.check.finding import Coverage, Finding, Hop, Severity
from pcapcheck.diagnose.diagnosis import Diagnosis
from pcapcheck.report.packetseen import PacketSeen


class Verdict(StrEnum):
    """What may be said of the network, from what was seen."""

    CONFORMANT = "conformant"
    VIOLATIONS = "violations"
    INCONCLUSIVE = "inconclusive"


EXIT_STATUS: Final = {Verdict.CONFORMANT: 0, Verdict.VIOLATIONS: 1, Verdict.INCONCLUSIVE: 3}


@dataclass(frozen=True, slots=True)
class ProfileUsed:
    """A profile that the captures were checked against.

    `confidence` is 0…1; it is 1 when the user or the topology named the profile.
    """

    name: str
    confidence: float
    evidence: str
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TopologyUsed:
    """Where the description of the intended network came from, and which of its statements were inferred."""

    source: str
    inferred: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleUsed:
    """What a report says about a rule besides its findings.

    `file` and `line` are where the rule is written; they are "" and 0 where that is unknown. `formerly` are
    ids that the rule had before.
    """

    title: str
    because: str = ""
    fix: str = ""
    references: tuple[str, ...] = ()
    file: str = ""
    line: int = 0
    formerly: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaptureUsed:
    """One interface of one capture file: where it was captured, and how far it can be trusted.

    Attributes:
        file: as the user named it.
        node, interface, role, pod: the capture point; None where it could not be bound.
        packets: how many were read.
        truncated: whether the last record was cut off.
        dropped: packets that the kernel dropped from the capture, None if the file does not say.
        gaps: packets that this capture lacks although they passed (they were seen later, or answered).
        clock: ns, us, user-space, seconds or none.
        error: why the file could not be read, else None.
        cut: packets that a short snap length cut off within their headers; they are not judged.
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
    cut: int = 0


@dataclass(frozen=True, slots=True)
class PathStep:
    """One hop of a flow's expected path.

    Attributes:
        hop: where it is.
        captured: False where no capture covers the hop.
        seen, missing: numbers of packets.
        fate: what missing means at this hop: lost, gap or unknown; "" when nothing is missing.
        latency_ns: since the hop before; None where clocks or captures do not tell.
        stack: the layers of the first packet seen there.
        headers: fields of that packet as text, by their names in rules (plain: outermost, `inner.`:
            innermost). What changed since the hop before follows from them.
    """

    hop: Hop
    captured: bool
    seen: int
    missing: int
    fate: str
    latency_ns: int | None
    stack: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class TimeSlice(NamedTuple):
    """How many packets were sent in one slice of time, and how many of them were lost."""

    sent: int
    lost: int


class LossTime(NamedTuple):
    """Loss over time, in one direction of a flow at the step that lost most; `span` is nanoseconds."""

    span: int
    slices: tuple[TimeSlice, ...]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a conversation ended.

    Attributes:
        outcome: answered, unanswered, refused, reset, stalled, slow, one-way or unknown.
        failed: no request was answered, or none from some moment on.
        by: who refused or reset it, "" where that is unknown or nobody did.
        requests, answers: as the capture point nearest to the client saw them.
        requested_last: the last point on the way that saw a request, "" where no point did.
        answered_first, answered_last: the first and the last point that saw an answer.
    """

    outcome: str
    failed: bool
    by: str
    requests: int
    answers: int
    requested_last: str
    answered_first: str
    answered_last: str


@dataclass(frozen=True, slots=True)
class FlowSummary:
    """One joined flow, both directions.

    Attributes:
        flow: tcp/10.244.0.5:41000-10.244.1.7:80, the client first.
        traffic: its kinds, e.g. ("pod-to-pod", "cross-node").
        source, destination: pod, node or service names where the topology knows them, else "".
        packets, bytes: of the capture point that saw most.
        first, last: int nanoseconds since 1970 UTC.
        forward, backward: the path of each direction.
        nat: the translations seen, as text, or None.
        points: how many capture points saw it.
        loss: when packets were lost, or None.
        ending: how the conversation ended; None where nothing is a conversation.
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
    loss: LossTime | None = None
    ending: Ending | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """All that a run found, in an order that depends on the input alone.

    Attributes:
        verdict: what may be said of the network.
        profiles, topology: what the captures were checked against.
        captures: every interface of every file.
        diagnoses: the causes, the most probable first.
        findings: the rules that were broken, and where.
        flows: in order of their first packets.
        coverage: what was exercised, and what was not.
        caveats: what limits the verdict, one sentence each: captures that are cut off or filtered, a topology
            that the packets contradict, required rules that were not exercised.
        notes: remarks on the run, one sentence each.
        warnings: failed conversations that are no fault of the cluster, as far as anybody can tell.
        rules: the rules that were judged, by id.
        fail_on: findings at or above this severity are violations.
        packets: packets of the evidence, for formats that show them.
        checked: whether an error rule of a profile was judged on pod traffic.
        known: how many findings and causes were left out because a baseline has them.
    """

    verdict: Verdict
    profiles: tuple[ProfileUsed, ...]
    topology: TopologyUsed
    captures: tuple[CaptureUsed, ...]
    diagnoses: tuple[Diagnosis, ...]
    findings: tuple[Finding, ...]
    flows: tuple[FlowSummary, ...]
    coverage: Coverage
    caveats: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    rules: Mapping[str, RuleUsed] = field(default_factory=dict)
    fail_on: Severity = Severity.ERROR
    packets: tuple[PacketSeen, ...] = field(default=(), compare=False, repr=False)
    checked: bool = False
    known: int = 0

    @property
    def exit_status(self) -> int:
        """The exit status of `pcapcheck check` for this verdict."""
        return EXIT_STATUS[self.verdict]
