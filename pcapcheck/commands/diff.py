"""diff: what changed between two sets of captures of one network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pcapcheck.options import Request, request_options
from pcapcheck.report.console import check_writable, progress, write

if TYPE_CHECKING:
    from pcapcheck.compare.side import Side


@click.command()
@click.argument("paths", metavar="GOOD BAD", nargs=2, required=True)
@request_options
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of standard output.")
def command(request: Request, form: str, output: str | None) -> int:
    """Compare two sets of captures of one network.

    Headers, paths, loss, latency and findings are compared.

    GOOD and BAD are each a capture, a folder or a glob. Flows are matched by their endpoints, places and
    hops. Ephemeral ports and times do not matter. Addresses are compared by their names in the topology, so
    pods may have new addresses. The exit status is 1 if the network behaves differently.

    \b
    Examples:
      pcapcheck diff captures/before/ captures/after/
      pcapcheck diff monday/ tuesday/ --topology topology.yaml --format json -o diff.json
    """
    from pcapcheck.compare.compare import compare

    if output is not None:
        check_writable(output)
    good = _side(request, request.paths[0], None)
    found = compare(good, _side(request, request.paths[1], good))
    write([found.to_json() if form == "json" else f"{found}\n"], output)
    return found.exit_status


def _side(request: Request, path: str, before: Side | None) -> Side:
    """Look at one set; unless a profile is named, the second set is compared by the first one's."""
    from dataclasses import replace

    from pcapcheck.run.check import look_at

    one = replace(request, paths=(path,))
    inputs, topology = one.find()
    settings = one.settings(topology)
    with progress() as tell:
        return look_at(inputs, topology, settings, before, tell)
