"""Result: what `pcapcheck.check` returns, a report that programs can ask, filter and write.

It wraps the report, which is plain data, and calls the modules that turn it into text, pages and frames.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pcapcheck.errors import InputError
from pcapcheck.report.quantity import count
from pcapcheck.report.report import (
    CaptureUsed,
    FlowSummary,
    ProfileUsed,
    Report,
    RuleUsed,
    TopologyUsed,
    Verdict,
)

if TYPE_CHECKING:
    import polars as pl

    from pcapcheck.check.finding import Coverage, Finding
    from pcapcheck.diagnose.diagnosis import Diagnosis


class FlowTrace(FlowSummary):
    """A flow that shows its path hop by hop when it is printed, as `pcapcheck trace` does."""

    __slots__ = ()

    def __str__(self) -> str:
        from pcapcheck.report.trace import lines

        return "".join(lines(self)).rstrip("\n")


@dataclass(frozen=True)
class Result:
    """All that a run found, in an order that depends on the input alone.

    Attributes:
        report: the plain data.
        sightings: every packet at every capture point, if the run was asked to keep them.
    """

    report: Report
    sightings: pl.DataFrame | None = field(default=None, compare=False, repr=False)

    @property
    def verdict(self) -> Verdict:
        """What may be said of the network: conformant, violations or inconclusive."""
        return self.report.verdict

    @property
    def exit_status(self) -> int:
        """The exit status of `pcapcheck check` for this verdict."""
        return self.report.exit_status

    @property
    def profiles(self) -> tuple[ProfileUsed, ...]:
        """The profiles that the captures were checked against."""
        return self.report.profiles

    @property
    def topology(self) -> TopologyUsed:
        """Where the description of the intended network came from."""
        return self.report.topology

    @property
    def captures(self) -> tuple[CaptureUsed, ...]:
        """Every interface of every capture file."""
        return self.report.captures

    @property
    def diagnoses(self) -> tuple[Diagnosis, ...]:
        """The causes, the most probable first."""
        return self.report.diagnoses

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The rules that were broken, and where."""
        return self.report.findings

    @cached_property
    def flows(self) -> tuple[FlowTrace, ...]:
        """Every flow, in order of first packets; printed, each shows its path hop by hop."""
        names = [each.name for each in fields(FlowSummary)]
        return tuple(FlowTrace(*(getattr(flow, name) for name in names)) for flow in self.report.flows)

    @property
    def coverage(self) -> Coverage:
        """Which rules and hops the captures exercised, and which they did not."""
        return self.report.coverage

    @property
    def notes(self) -> tuple[str, ...]:
        """Remarks on the run, one sentence each."""
        return self.report.notes

    @property
    def rules(self) -> Mapping[str, RuleUsed]:
        """The rules that were judged, by id."""
        return self.report.rules

    def frame(self, name: str) -> pl.DataFrame:
        """Return "findings", "flows", "hops" or "sightings" as a polars frame (columns: report/frames.py).

        Raises:
            InputError: there is no such frame, or the run kept no sightings.
        """
        from pcapcheck.report.frames import frame

        if name != "sightings":
            return frame(self.report, name)
        if self.sightings is None:
            fix = "call `check` with `sightings=True`"
            raise InputError("Result.frame", "this run kept no sightings", fix)
        return self.sightings

    def trace(self, flow: str | int) -> FlowTrace:
        """Return one flow; printed, it shows its path hop by hop. It is named as on the command line.

        Raises:
            InputError: no flow, or more than one, is meant.
        """
        from pcapcheck.report.flowname import find_flow

        return find_flow(self.flows, str(flow))

    def to_json(self) -> str:
        """Return the report as `report.schema.json` describes it."""
        from pcapcheck.report.formats.json import write

        return "".join(write(self.report))

    def write(self, path: str | Path) -> None:
        """Write the report to a file; the ending of its name chooses the format.

        Raises:
            InputError: no format has this ending.
        """
        from pcapcheck.report.reportformat import format_of

        parts = format_of(str(path)).write(self.report)
        with Path(path).open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(parts)

    def unmet(self, require: Iterable[str]) -> tuple[str, ...]:
        """Return which required rules were not exercised, one sentence each.

        Args:
            require: rule ids or patterns (`flannel-vxlan/*`); every rule that matches must be exercised.
        """
        return self.report.coverage.unmet(require)

    def assert_conformant(self, require: Iterable[str] = ()) -> None:
        """Fail a test unless the verdict is conformant and every required rule was exercised.

        Raises:
            AssertionError: with the report as text, also when the run was inconclusive.
        """
        from pcapcheck.report.formats.text import write

        missing = self.unmet(require)
        if missing:
            raise AssertionError("not exercised: " + "; ".join(missing) + "\n" + "".join(write(self.report)))
        if self.verdict != Verdict.CONFORMANT:
            raise AssertionError("".join(write(self.report)))

    def __bool__(self) -> bool:
        raise TypeError(
            "a Result is neither true nor false: compare `.verdict`, or call `.assert_conformant()`"
        )

    def __repr__(self) -> str:
        diagnoses = f"{len(self.diagnoses)} diagnos{'is' if len(self.diagnoses) == 1 else 'es'}"
        found = (diagnoses, count(len(self.findings), "finding"), count(len(self.captures), "capture"))
        return f"<Result {self.verdict}: {', '.join(found)}>"

    def _repr_html_(self) -> str:
        from pcapcheck.report.formats.html import fragment

        return fragment(self.report)
