"""Variants of all captures -> the network: tuples joined to flows, traffic kinds, expected paths, and who was watching.

Takes variants with their capture points and the strong keys of their packets; opens nothing, judges nothing.
"""

from collections.abc import Callable, Sequence
from typing import Final

import polars as pl

from pcapcheck.correlate.clocks import offsets
from pcapcheck.correlate.flows import directions, owned
from pcapcheck.correlate.hops import placed, steps_frame, watched
from pcapcheck.correlate.nat import join_tuples
from pcapcheck.correlate.network import Network
from pcapcheck.correlate.paths import Ends, Path, Paths, Step
from pcapcheck.correlate.traffic import Client, where, who
from pcapcheck.correlate.tuples import addressed, numbered
from pcapcheck.topology.owners import Owners
from pcapcheck.topology.topology import CapturePoint, OwnerKind, Topology

KEYS_OF_A_TUPLE: Final = 64  # packets of each tuple and file whose strong keys join it with others
PODS: Final = [str(OwnerKind.POD), str(OwnerKind.POD_NETWORK)]
CLIENT: Final = list(Client._fields)


def assemble(
    variants: pl.DataFrame,
    sightings: pl.DataFrame,
    points: Sequence[CapturePoint | None],
    files: Sequence[str],
    topology: Topology,
    template: Callable[[str, str], Path],
) -> Network:
    """Put everything together that needs all captures at once.

    Args:
        variants: of all captures, with `variant` (row number), `file` and `point`.
        sightings: variant, time, strong: some packets of each variant; may be empty.
        points: capture points.
        files: names of the captures.
        topology: the intended network.
        template: the profile's paths.
    """
    owners = Owners(topology)
    told, tuples = numbered(addressed(variants))
    tuples = _counted(owned(tuples, owners), told)
    keys = _keys(sightings, told, points)
    ahead = offsets(keys.filter(pl.col("plain")).select("node", "tuple", "strong", "time"))
    aligned = keys.with_columns((pl.col("time") - _ahead(ahead)).alias("time"))
    pods = [
        pl.col(f"{end}_kind").is_in(PODS).fill_null(value=False).alias(f"{end}_pod")
        for end in ("source", "destination")
    ]
    groups = join_tuples(tuples.with_columns(pods), aligned.select("tuple", "strong", "time"))
    tuples = tuples.with_columns(pl.Series("group", groups)).with_columns(
        (pl.col("group").rank("dense") - 1).cast(pl.Int64).alias("direction")
    )
    flows, paths = _pathed(directions(tuples), Paths(template, topology), owners)
    told = _joined(told, tuples, flows, points)
    steps = steps_frame(paths, points)
    told = placed(told, steps)
    told = _stepped(told, paths)
    seen = watched(told.filter(pl.col("path").is_not_null()), steps, paths)
    return Network(
        topology, owners, tuple(files), tuple(points), told, flows, tuple(paths), seen, steps, ahead
    )


def _counted(tuples: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Add to each tuple when it was first seen, and whether it opens: a SYN without ACK, an echo request."""
    syn = (pl.col("inner.tcp.flags.syn") == 1) & (pl.col("inner.tcp.flags.ack") == 0)
    request = pl.col("inner.icmp.type").eq(8) | pl.col("inner.icmpv6.type").eq(128)
    opens = (syn.fill_null(value=False) | request.fill_null(value=False)).any()
    counted = told.group_by("tuple").agg(opens.alias("opens"), pl.col("first").min(), pl.col("packets").sum())
    return tuples.join(counted, on="tuple", how="left", maintain_order="left")


def _keys(sightings: pl.DataFrame, told: pl.DataFrame, points: Sequence[CapturePoint | None]) -> pl.DataFrame:
    """Return strong keys: tuple, node, strong, time, and whether a translation is out of the question for the clocks' sake."""
    nodes = {number: point.node for number, point in enumerate(points) if point}
    where_ = told.select(
        "variant",
        "tuple",
        "file",
        pl.col("point").replace_strict(nodes, default=None, return_dtype=pl.String).alias("node"),
    )
    keys = (
        sightings.filter(pl.col("strong") != 0).select("variant", "strong", "time").join(where_, on="variant")
    )
    first = keys.filter(pl.int_range(pl.len()).over("tuple", "file") < KEYS_OF_A_TUPLE)
    return first.with_columns(pl.lit(value=True).alias("plain"))


def _ahead(offset: dict[str, int]) -> pl.Expr:
    """Return how far the clock of a row's node is ahead."""
    return pl.col("node").replace_strict(offset, default=0, return_dtype=pl.Int64) if offset else pl.lit(0)


def _pathed(flows: pl.DataFrame, paths: Paths, owners: Owners) -> tuple[pl.DataFrame, list[tuple[Step, ...]]]:
    """Add who, where, path and the flow as text to each direction."""
    flows = _kinds(flows, owners)
    ends = [
        "source_kind",
        "source_name",
        "source_node",
        "destination_kind",
        "destination_name",
        "destination_node",
    ]
    keys = [*ends, "flow_via", "who", "where", "client", "version"]
    distinct = flows.with_columns(
        (4 + 2 * pl.col("source").str.contains(":", literal=True)).alias("version")
    ).select("direction", *keys)
    numbers: dict[tuple[Step, ...], int] = {}
    known: dict[tuple[object, ...], int] = {}
    column = []
    for _, *row in distinct.iter_rows():
        key = tuple(row)
        if key not in known:
            steps = paths.expected(_ends(dict(zip(keys, row, strict=True))))
            known[key] = numbers.setdefault(steps, len(numbers))
        column.append(known[key])
    flows = flows.with_columns(pl.Series("path", column, pl.Int64), distinct["version"])
    return flows.with_columns(_text().alias("flow_text")), list(numbers)


def _kinds(flows: pl.DataFrame, owners: Owners) -> pl.DataFrame:
    """Add the traffic kinds, told by the client's direction, to both directions."""
    clients = flows.filter(pl.col("client")).unique("flow", keep="first", maintain_order=True)
    combinations = clients.select(CLIENT).unique(maintain_order=True)
    same = owners.same_subnet
    told = [Client(*row) for row in combinations.iter_rows()]
    words = combinations.with_columns(
        pl.Series("who", [who(each) for each in told], pl.String),
        pl.Series("where", [where(each, lambda a, b: same(a, b, 4)) for each in told], pl.String),
    )
    named = clients.join(words, on=CLIENT, how="left", nulls_equal=True).select(
        "flow", "who", "where", pl.col("via").alias("flow_via"), pl.col("service").alias("flow_service")
    )
    told_all = flows.join(named, on="flow", how="left", maintain_order="left")
    asks = pl.col("l4").is_in(["arp", "nd"])  # questions and answers about addresses cross no path
    return told_all.with_columns(
        pl.when(asks).then(pl.lit("arp")).otherwise("who").alias("who"),
        pl.when(asks).then(pl.lit("")).otherwise("where").alias("where"),
    )


def _ends(row: dict[str, object]) -> Ends:
    def word(name: str) -> str | None:
        value = row[name]
        return value if isinstance(value, str) else None

    def pod(end: str) -> str | None:
        return word(f"{end}_name") if row[f"{end}_kind"] == OwnerKind.POD else None

    return Ends(
        pod("source"),
        word("source_node"),
        pod("destination"),
        word("destination_node"),
        word("flow_via"),
        str(row["who"]),
        str(row["where"]),
        not row["client"],
        6 if row["version"] == 6 else 4,
    )


def _text() -> pl.Expr:
    """Return a flow as DESIGN §10 writes it, the client first."""
    client = pl.col("client")
    a, b = (
        pl.when(client).then(x).otherwise(y)
        for x, y in (("source", "destination"), ("destination", "source"))
    )
    ap, bp = (
        pl.when(client).then(x).otherwise(y)
        for x, y in (("source_port", "destination_port"), ("destination_port", "source_port"))
    )
    a, b = (
        pl.when(each.str.contains(":", literal=True)).then(pl.format("[{}]", each)).otherwise(each)
        for each in (a, b)
    )
    ports = pl.col("l4").is_in(["tcp", "udp"])
    echo = pl.format("icmp/{}-{}#{}", a, b, ap)
    other = pl.format("{}/{}-{}", "l4", a, b)
    return (
        pl.when(ports)
        .then(pl.format("{}/{}:{}-{}:{}", "l4", a, ap, b, bp))
        .when(pl.col("l4") == "echo")
        .then(echo)
        .otherwise(other)
    )


def _joined(
    told: pl.DataFrame, tuples: pl.DataFrame, flows: pl.DataFrame, points: Sequence[CapturePoint | None]
) -> pl.DataFrame:
    """Add to each variant its direction, path, traffic kinds, end points, and the role of its point."""
    roles = {number: str(point.role) for number, point in enumerate(points) if point}
    after = pl.col("destination_kind") != str(OwnerKind.SERVICE)
    named = tuples.select("tuple", "direction", after.fill_null(value=True).alias("second"))
    kinds = flows.select(
        *("direction", "path", "who", "where", "flow", "client", "reverse", "version"),
        pl.col("source").alias("source_end"),
        pl.col("destination").alias("destination_end"),
    )
    return (
        told.join(named, on="tuple", how="left", maintain_order="left")
        .join(kinds, on="direction", how="left", maintain_order="left")
        .with_columns(
            pl.col("point").replace_strict(roles, default=None, return_dtype=pl.String).alias("role")
        )
    )


def _stepped(told: pl.DataFrame, paths: Sequence[tuple[Step, ...]]) -> pl.DataFrame:
    """Add side and pass of the step that each variant is at."""
    rows = [
        (path, position, step.side, step.number)
        for path, steps in enumerate(paths)
        for position, step in enumerate(steps)
    ]
    schema = {"path": pl.Int64, "step": pl.Int64, "side": pl.String, "number": pl.Int64}
    return told.join(
        pl.DataFrame(rows, schema=schema, orient="row"),
        on=["path", "step"],
        how="left",
        maintain_order="left",
    )
