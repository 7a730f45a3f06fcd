"""The offsets between the clocks of the nodes, estimated from packets that two nodes saw.

In one direction the difference of the two timestamps is offset + latency, in the other offset - latency, so
their mean is the offset. The median over packets, then over flows, keeps a few wrong pairs from moving it. A
node that shares no packet with the others keeps its own time.
"""

import polars as pl

MAX_PACKETS = 8  # packets of each tuple by which two nodes are compared: the median of more is no better
FARTHEST = 2**61  # ns, 73 years: a larger difference is no offset, and sums of it would overflow


def offsets(keys: pl.DataFrame) -> dict[str, int]:
    """Return node -> nanoseconds that its clock is ahead of the reference.

    The reference is the first node by name of those that are connected by shared packets.

    Args:
        keys: node (str), tuple (int), flow (int: the same for both directions of a tuple), strong (uint64),
            time (int64 ns): packets of tuples as they were on the wire, so that no translation lies between.
    """
    packet = ["tuple", "flow", "strong"]
    first = keys.drop_nulls("node").group_by("node", *packet).agg(pl.col("time").min()).sort("node", *packet)
    shared = first.filter(pl.len().over(packet) > 1)
    some = shared.filter(pl.int_range(pl.len()).over("node", "tuple") < MAX_PACKETS)
    pairs = some.join(some, on=packet, suffix="_b").filter(pl.col("node") < pl.col("node_b"))
    links = {(a, b): round(ahead) for a, b, ahead in _ahead(pairs).iter_rows() if abs(ahead) < FARTHEST}
    return _spread(first["node"].unique().sort().to_list(), links)


def _ahead(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return how far the second clock of each pair of nodes is ahead of the first: node, node_b, ahead."""
    nodes = ["node", "node_b"]
    difference = (pl.col("time_b") - pl.col("time")).median().alias("difference")
    ways = pairs.group_by(*nodes, "flow", "tuple").agg(difference)
    flows = ways.group_by(*nodes, "flow").agg(pl.col("difference").mean(), pl.len().alias("ways"))
    best = flows.filter(pl.col("ways") == pl.col("ways").max().over(nodes))
    return best.group_by(nodes).agg(pl.col("difference").median()).sort(nodes)


def _spread(nodes: list[str], links: dict[tuple[str, str], int]) -> dict[str, int]:
    """Return the offset of each node: the sum along the links from the first node of its connected set."""
    beside: dict[str, list[tuple[str, int]]] = {node: [] for node in nodes}
    for (a, b), ahead in links.items():
        beside[a].append((b, ahead))
        beside[b].append((a, -ahead))
    offset: dict[str, int] = {}
    for start in nodes:
        queue = [] if start in offset else [start]
        offset.setdefault(start, 0)
        for here in queue:
            for far, step in beside[here]:
                if far not in offset:
                    offset[far] = max(-FARTHEST, min(offset[here] + step, FARTHEST))
                    queue.append(far)
    return offset
