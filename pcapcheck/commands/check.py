"""check: the main command. It reports the first broken hop and its cause, and ends with an exit status."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from pcapcheck.options import Request, request_options, run_option
from pcapcheck.report.console import check_writable, color_option, is_colored, progress, warn, width, write
from pcapcheck.report.reportformat import format_named, format_names, format_of

if TYPE_CHECKING:
    from pcapcheck.capture.inputs import Inputs
    from pcapcheck.report.report import Report
    from pcapcheck.report.reportformat import ReportFormat
    from pcapcheck.run.settings import Settings
    from pcapcheck.topology.topology import Topology

UNREADABLE = 2


def _listed(names: Sequence[str]) -> str:
    """Return "a, b or c"."""
    return f"{', '.join(names[:-1])} or {names[-1]}"


@click.command()
@click.argument("paths", metavar="PATH…", nargs=-1, required=True)
@request_options
@run_option("flow")
@run_option("select")
@run_option("ignore")
@run_option("require")
@run_option("fail_on")
@click.option(
    "--baseline",
    metavar="FILE",
    help="A SARIF report of an earlier run; its findings are known and do not count.",
)
@click.option(
    "--format",
    "formats",
    metavar="NAME[=FILE]",
    multiple=True,
    help=f"{_listed(format_names())}; repeat for several.  [text]",
)
@click.option(
    "-o", "--output", metavar="FILE", help="Write the report to FILE; its extension selects the format."
)
@click.option(
    "--exit-zero",
    is_flag=True,
    help="Exit with status 0 even if there are violations or the run is inconclusive.",
)
@click.option(
    "-v", "--verbose", count=True, help="Show everything; -vv adds traces of flows that lost packets."
)
@click.option(
    "-q", "--quiet", count=True, help="Show only the first line and the causes; -qq: only the first line."
)
@color_option
def command(request: Request, **given: Any) -> int:
    """Check captures: which hop violates which rule, and why.

    PATH is a capture, a folder, a glob, or - for standard input.

    \b
    Exit status: 0 conformant, 1 violations, 2 bad usage or input, 3 inconclusive.

    \b
    Examples:
      pcapcheck check captures/
      pcapcheck check captures/ --profile flannel-vxlan --set vni=5
      pcapcheck check captures/ --format text --format junit=report.xml --require 'flannel-vxlan/*'
      pcapcheck check captures/ --baseline known.sarif
      kubectl exec web-1 -- tcpdump -w - | pcapcheck check -
    """
    from pcapcheck.run.check import run

    outputs = _outputs(given["formats"], given["output"])
    known = _known(given["baseline"])
    inputs, topology = request.find()
    settings = request.settings(topology)
    with progress() as tell:
        report = known(run(inputs, topology, settings, tell))
    if any(output.format.shows_packets for output in outputs):
        report = _with_packets(report, inputs, topology, settings)
    shown = Shown(given["verbose"] - given["quiet"], given["color"])
    for output in outputs:
        write(shown.parts(output, report), output.file)
    return _status(report, inputs, settings.rules.require, exit_zero=given["exit_zero"])


def _known(baseline: str | None) -> Callable[[Report], Report]:
    """Return what leaves out the findings that a baseline has; mistakes in it end here."""
    if baseline is None:
        return lambda report: report
    from pcapcheck.report.baseline import read_baseline, without_known

    known = read_baseline(baseline)
    return lambda report: without_known(report, known, baseline)


def _with_packets(report: Report, inputs: Inputs, topology: Topology, settings: Settings) -> Report:
    """Return the report with packets to look at, read as the profiles say."""
    from pcapcheck.check.candidates import dissectors, find_candidates
    from pcapcheck.decode.registry import dissector_table
    from pcapcheck.run.packets import with_packets

    given = (settings.profiles, settings.parameters, settings.rules)
    profiles = find_candidates(topology, *given, decoding_only=True).profiles
    return with_packets(
        report, inputs, dissector_table(dissectors(profiles, settings.decode_as), by_content=True)
    )


@dataclass(frozen=True, slots=True)
class Output:
    """One report: its format, and its file; None is standard output."""

    format: ReportFormat
    file: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """How much the text says, and whether it is coloured."""

    verbose: int
    color: str

    def parts(self, output: Output, report: Report) -> Iterator[str]:
        """Return the parts of one report."""
        if output.format.name != "text":
            return output.format.write(report)
        color = output.file is None and is_colored(self.color)
        return output.format.write(report, verbose=self.verbose, color=color, width=width())


def _outputs(formats: tuple[str, ...], output: str | None) -> list[Output]:
    """Return the requested reports; mistakes in the options are found here, before long work."""
    outputs = [_output(each) for each in formats]
    if output is not None:
        if len(outputs) > 1 or any(each.file for each in outputs):
            raise click.UsageError("-o goes with one format; with several, write --format NAME=FILE")
        outputs = [_to_file(outputs, output)]
    if sum(each.file is None for each in outputs) > 1:
        raise click.UsageError(
            "only one report can go to standard output; write --format NAME=FILE for the others"
        )
    for each in outputs:
        if each.file is not None:
            check_writable(each.file)
    return outputs or [_output("text")]


def _output(text: str) -> Output:
    name, sign, file = text.partition("=")
    if sign and not file:
        raise click.UsageError(f"--format {text}: a file's name must follow `=`")
    return Output(format_named(name), file or None)


def _to_file(outputs: list[Output], file: str) -> Output:
    """Return a report to the file: in the format that was asked for, else in that of the file's ending."""
    return Output(outputs[0].format if outputs else format_of(file), file)


def _status(report: Report, inputs: Inputs, require: tuple[str, ...], *, exit_zero: bool) -> int:
    """Return the exit status, and say on standard error what makes it differ from the verdict's."""
    named = {each.shown for each in inputs.captures if each.named}
    unread = {each.file: each.error for each in report.captures if each.error}
    for file, error in unread.items():
        warn(error, level="error" if file in named else "warning")
    if named & set(unread):
        return UNREADABLE
    for each in report.coverage.unmet(require):
        warn(f"required, but not exercised: {each}", level="error")
    return 0 if exit_zero else report.exit_status
