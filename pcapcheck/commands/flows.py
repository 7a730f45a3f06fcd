"""flows: the flow table over all layers and capture points."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pcapcheck.options import Request, request_options, run_option
from pcapcheck.outcome.outcome import FAILED, Outcome
from pcapcheck.report.console import check_writable, color_option, is_colored, progress, warn, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import polars as pl

    from pcapcheck.capture.inputs import Inputs
    from pcapcheck.collect.capturesummary import CaptureSummary
    from pcapcheck.run.settings import Settings
    from pcapcheck.topology.topology import Topology

UNREADABLE = 2
ROW = "#"  # the number of a row, as `trace` takes it
PLACES = ("requested_last", "answered_first", "answered_last")


@click.command()
@click.argument("paths", metavar="PATH…", nargs=-1, required=True)
@request_options
@run_option("flow", help="Only this flow, or POD-POD[:PORT].")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv", "parquet"]),
    default="table",
    show_default=True,
)
@click.option(
    "-o", "--output", metavar="FILE", help="Write to FILE; parquet can write several files to FOLDER/."
)
@click.option(
    "--outcome",
    "wanted",
    multiple=True,
    type=click.Choice([str(each) for each in Outcome]),
    help="Only flows that ended so; repeat for several.",
)
@click.option("--failed", is_flag=True, help="Only flows that failed: unanswered, refused, reset, stalled.")
@click.option(
    "--sightings", is_flag=True, help="Also write every packet at every capture point to the dataset."
)
@color_option
def command(
    request: Request,
    form: str,
    output: str | None,
    wanted: tuple[str, ...],
    failed: bool,
    sightings: bool,
    color: str,
) -> int:
    """List the flows of captures.

    A flow is followed across all layers, capture points and address translations.

    Each row is one flow with both directions, in the order of the first packets. Packets and bytes are
    counted at the capture point that saw most of the flow. `outcome` says how the conversation ended, by the
    capture point nearest to the client. `pcapcheck trace PATH… ROW` shows a row hop by hop.

    \b
    Examples:
      pcapcheck flows captures/
      pcapcheck flows captures/ --failed
      pcapcheck flows node1_eth0.pcap --format parquet -o flows.parquet
      pcapcheck flows captures/ --format parquet -o dataset/ --sightings
      pcapcheck flows captures/ --pod web-1 -Y 'inner.tcp.dstport=5432'
    """
    from pcapcheck.run.flows import list_flows

    to_folder = output is not None and form == "parquet" and (output.endswith("/") or Path(output).is_dir())
    if sightings and not to_folder:
        raise click.UsageError("--sightings is written to a dataset: --format parquet -o FOLDER/")
    if output is not None and not to_folder:
        check_writable(output)
    inputs, topology = request.find()
    settings = request.settings(topology)
    with progress() as tell:
        if output is not None and to_folder:
            captured = _dataset(output, inputs, topology, settings, tell, sightings=sightings)
        else:
            table, captured = list_flows(inputs, topology, settings, tell)
            table = _chosen(table, {*wanted, *(FAILED if failed else ())})
            write(_parts(table, form, color=output is None and is_colored(color)), output)
    for each in captured:
        if each.error:
            warn(each.error, level="error" if each.input.named else "warning")
        for note in each.notes:
            warn(f"{each.input.shown}: {note}")
    return UNREADABLE if any(each.error and each.input.named for each in captured) else 0


def _chosen(table: pl.DataFrame, outcomes: set[str]) -> pl.DataFrame:
    """Return the rows with one of these outcomes, numbered as among all; every row if there are none.

    Where requests and answers were seen last is shown of these rows only: the table is wide without it.
    """
    import polars as pl

    if not outcomes:
        return table
    numbered = table.with_columns(pl.int_range(1, pl.len() + 1).alias(ROW))
    return numbered.filter(pl.col("outcome").is_in(sorted(outcomes)))


def _dataset(
    path: str,
    inputs: Inputs,
    topology: Topology,
    settings: Settings,
    tell: Callable[[int, int], None] | None,
    *,
    sightings: bool,
) -> tuple[CaptureSummary, ...]:
    """Write a folder of Parquet files; return the captures that were read."""
    from pcapcheck.report.flowlisting import typed
    from pcapcheck.run.dataset import new_folder, write_flows
    from pcapcheck.run.flows import export, list_flows

    with new_folder(path) as folder:
        if sightings:
            table, captured = export(inputs, topology, settings, folder, tell)
        else:
            table, captured = list_flows(inputs, topology, settings, tell)
        write_flows(typed(table), folder)
    return captured


def _parts(table: pl.DataFrame, form: str, *, color: bool) -> Iterator[str | bytes]:
    from pcapcheck.report.flowlisting import parquet, write_table

    if form != "table":
        table = table.drop(ROW, strict=False)
    elif ROW not in table.columns:
        table = table.drop(PLACES)
    if form == "parquet":
        yield parquet(table)
        return
    yield from write_table(table, form, color=color)
