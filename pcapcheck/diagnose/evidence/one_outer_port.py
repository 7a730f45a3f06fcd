"""A node sends many inner flows from one outer UDP source port, although its tunnel hashes the flow into it.

`about`: actual (the port), flows (how many), node, interface, sender, form.
"""

from collections.abc import Iterator
from typing import Final

import polars as pl

from pcapcheck.decode.tunnels import TUNNELS
from pcapcheck.diagnose.case import Case
from pcapcheck.diagnose.fact import Fact
from pcapcheck.topology.topology import Role

# WireGuard and flannel's udp have one port by design.
HASHED: Final = tuple(each.name for each in TUNNELS if each.hashed_port)
LEAST: Final = 3  # TCP and UDP flows; if this many share one of 28,000 ports, that is no accident


def find(case: Case) -> Iterator[Fact]:
    """Yield a fact for each node that sends everything from one port."""
    if "form" not in case.network.variants.columns:
        return
    tunnel = case.profile.traits.tunnel
    if tunnel not in HASHED:
        return
    uplinks = case.network.points.filter(pl.col("role") == Role.UPLINK)
    senders = uplinks.select("point", pl.col("node").alias("source_node"))
    own = case.network.directions.select("direction", "source_node").join(
        senders, on="source_node", nulls_equal=True
    )
    sent = case.network.variants.filter(pl.col("form") == tunnel).join(
        own.select("direction", "point"), on=["direction", "point"], how="semi"
    )
    alike = sent.filter(pl.col("udp.srcport").n_unique().over("point") == 1)
    flows = alike.filter(pl.col("kind").is_in(["tcp", "udp"]))
    for (number,), mine in flows.partition_by("point", as_dict=True).items():
        if mine["direction"].n_unique() >= LEAST:
            yield _fact(case, number, mine)


def _fact(case: Case, number: int, flows: pl.DataFrame) -> Fact:
    point, port = case.point(number), int(flows["udp.srcport"][0])
    count = flows["direction"].n_unique()
    return Fact(
        evidence="one_outer_port",
        says=f"{count} flows leave {point.node} from UDP port {port}",
        flows=frozenset(flows["flow"].to_list()),
        frames=case.frames(flows.unique("direction", keep="first", maintain_order=True)),
        packets=int(flows["packets"].sum()),
        about={
            "actual": port,
            "count": count,
            "node": point.node,
            "sender": point.node,
            "interface": point.interface,
            "in_pod": point.inside,
            "form": case.profile.traits.tunnel,
        },
        filter=f"udp.srcport == {port}",
    )
