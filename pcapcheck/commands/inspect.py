"""inspect: what is in each capture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pcapcheck.options import run_option
from pcapcheck.report.console import check_writable, color_option, is_colored, progress, width, write

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pcapcheck.report.inspection import Inspection

UNREADABLE = 2


@click.command()
@click.argument("files", metavar="FILE…", nargs=-1, required=True)
@run_option("decode_as")
@run_option("jobs", default=1, help="Worker processes.  [1]")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of standard output.")
@color_option
def command(
    files: tuple[str, ...], decode_as: tuple[str, ...], jobs: int, form: str, output: str | None, color: str
) -> int:
    """Show what is in each capture.

    This includes link types, header stacks, tunnels, endpoints, drops and the most likely profile.

    FILE is a capture, a folder, a glob, or - for standard input. A file that is not a capture is listed
    as well; the exit status is 2 only if nothing could be read.

    \b
    Examples:
      pcapcheck inspect node1_eth0.pcap
      pcapcheck inspect captures/ --format json
    """
    from pcapcheck.capture.inputs import find_inputs
    from pcapcheck.run.inspect import inspect
    from pcapcheck.run.settings import read_settings
    from pcapcheck.topology.topology import Topology

    if output is not None:
        check_writable(output)
    inputs = find_inputs(files)
    settings = read_settings(Topology(), decode_as=decode_as, jobs=jobs)
    readable = Readable()
    with progress() as tell:
        found = readable.noted(inspect(inputs, settings, tell))
        write(_parts(found, form, color=output is None and is_colored(color)), output)
    return 0 if readable.any else UNREADABLE


class Readable:
    """Whether any capture could be read."""

    any = False

    def noted(self, inspections: Iterable[Inspection]) -> Iterator[Inspection]:
        """Pass the inspections on."""
        for each in inspections:
            self.any |= each.error is None
            yield each


def _parts(inspections: Iterable[Inspection], form: str, *, color: bool) -> Iterator[str]:
    from pcapcheck.report.inspection import document, text

    return document(inspections) if form == "json" else text(inspections, color=color, width=width())
