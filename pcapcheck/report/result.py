"""Result: all that a run found, and the verdict. The formats beside this file decide how it looks.

It knows neither how packets are read nor how rules are judged: it is handed what they gave.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from pcapcheck.check.finding import Coverage, Finding, Hop, Severity
from pcapcheck.diagnose.diagnosis import Diagnosis as Diagnosis
from pcapcheck.diagnose.diagnosis import Evidence as Evidence
from pcapcheck.report.quantity import count

if TYPE_CHECKING:
    import polars as pl

    from pcapcheck.report.losstime import LossTime
    from pcapcheck.report.packetview import PacketSeen


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
class RuleUsed:
    """What a report says about one rule besides its findings.

    `file` and `line` are where the rule is written ("" and 0 where that is unknown).
    """

    title: str
    because: str = ""
    fix: str = ""
    references: tuple[str, ...] = ()
    file: str = ""
    line: int = 0


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
class PathStep:
    """One hop of a flow's expected path.

    `captured` is False where nobody was looking; `seen` and `missing` count packets; `fate` says what missing
    means there: lost, gap, unknown, or "" when nothing is missing. `latency_ns` is since the hop before, None
    where clocks or captures do not tell. `headers` are fields of the first packet seen there, as text, by
    their names in rules (plain: outermost, `inner.`: innermost); what changed since the hop before follows
    from them.
    """

    hop: Hop
    captured: bool
    seen: int
    missing: int
    fate: str
    latency_ns: int | None
    stack: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


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
    loss: "LossTime | None" = None  # when packets were lost, if any were

    def __str__(self) -> str:
        """Return the trace, hop by hop, as `pcapcheck trace` prints it."""
        from pcapcheck.report.trace import lines

        return "".join(lines(self)).rstrip("\n")


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
    rules: Mapping[str, RuleUsed] = field(default_factory=dict)  # by rule id
    fail_on: Severity = Severity.ERROR  # findings at or above it are violations
    packets: "tuple[PacketSeen, ...]" = field(default=(), compare=False, repr=False)  # for the page
    checked: bool = False  # an error rule of a profile was judged on pod traffic
    sightings: "pl.DataFrame | None" = field(default=None, compare=False, repr=False)

    @property
    def exit_status(self) -> int:
        """The exit status of `pcapcheck check` for this verdict."""
        return EXIT_STATUS[self.verdict]

    def frame(self, name: str) -> "pl.DataFrame":
        """Return "findings", "flows", "hops" or "sightings" as a polars frame (columns: report/frames.py).

        Raises:
            InputError: there is no such frame, or the run kept no sightings.
        """
        from pcapcheck.report.frames import frame

        return frame(self, name)

    def trace(self, flow: str | int) -> FlowSummary:
        """Return one flow; printed, it shows itself hop by hop. `flow` is written as on the command line.

        Raises:
            InputError: no flow, or more than one, is meant.
        """
        from pcapcheck.report.flowname import find_flow

        return find_flow(self.flows, str(flow))

    def to_json(self) -> str:
        """Return the report as `report.schema.json` says."""
        from pcapcheck.report.json import write

        return "".join(write(self))

    def write(self, path: str | Path) -> None:
        """Write the report; the name's ending chooses the format.

        Raises:
            InputError: no format has this ending.
        """
        from pcapcheck.report.formats import format_of

        write = format_of(str(path)).write
        with Path(path).open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(write(self))

    def unmet(self, require: Iterable[str]) -> tuple[str, ...]:
        """Return what is missing of the rules that had to be exercised, one sentence each.

        Args:
            require: rule ids or patterns (`flannel-vxlan/*`); every rule that matches must be exercised.
        """
        unjudged = {**self.coverage.not_exercised, **self.coverage.not_evaluable}
        missing = []
        for pattern in require:
            if not any(fnmatchcase(rule, pattern) for rule in {**self.coverage.exercised, **unjudged}):
                missing.append(f"{pattern}: no rule of the profiles has this id")
            missing += [f"{rule}: {why}" for rule, why in unjudged.items() if fnmatchcase(rule, pattern)]
        return tuple(missing)

    def assert_conformant(self, require: Iterable[str] = ()) -> None:
        """Fail a test unless the verdict is conformant and every required rule was exercised.

        Raises:
            AssertionError: with the report as text, also when the run was inconclusive.
        """
        from pcapcheck.report.text import write

        missing = self.unmet(require)
        if missing:
            raise AssertionError("not exercised: " + "; ".join(missing) + "\n" + "".join(write(self)))
        if self.verdict != Verdict.CONFORMANT:
            raise AssertionError("".join(write(self)))

    def __repr__(self) -> str:
        diagnoses = f"{len(self.diagnoses)} diagnos{'is' if len(self.diagnoses) == 1 else 'es'}"
        found = (diagnoses, count(len(self.findings), "finding"), count(len(self.captures), "capture"))
        return f"<Result {self.verdict}: {', '.join(found)}>"

    def __bool__(self) -> bool:
        raise TypeError(
            "a Result is neither true nor false: compare `.verdict`, or call `.assert_conformant()`"
        )

    def _repr_html_(self) -> str:
        from pcapcheck.report.html import fragment

        return fragment(self)
