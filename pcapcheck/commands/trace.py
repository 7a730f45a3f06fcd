"""trace: one flow, hop by hop."""

from __future__ import annotations

import click

from pcapcheck.options import Request, request_options
from pcapcheck.report.console import color_option, is_colored, progress, width, write


@click.command()
@click.argument("paths", metavar="PATH…", nargs=-1, required=True)
@click.argument("flow", metavar="FLOW")
@request_options
@color_option
def command(request: Request, color: str) -> int:
    """Show one flow, hop by hop.

    Each hop is shown with its headers, changes and latency. The trace shows where the flow was last seen.

    FLOW is a flow's name, the two ends `POD-POD[:PORT]`, or its row in `pcapcheck flows PATH…`. If several
    flows match, they are listed, and the exit status is 2.

    \b
    Examples:
      pcapcheck trace captures/ tcp/10.244.0.5:41000-10.244.1.7:80
      pcapcheck trace captures/ web-1-db-0:5432
      pcapcheck trace captures/ 3
    """
    from pcapcheck.report.flowname import find_flow
    from pcapcheck.report.trace import lines
    from pcapcheck.run.check import follow_flows

    inputs, topology = request.find()
    with progress() as tell:
        flows = follow_flows(inputs, topology, request.settings(topology), tell)
    found = flows[0] if len(flows) == 1 else find_flow(flows, str(request.words["flow"]))
    write(lines(found, color=is_colored(color), width=width()))
    return 0
