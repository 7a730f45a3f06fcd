"""A node sends many inner flows from one outer UDP source port, although its tunnel hashes the flow into it.

`about`: actual (the port), flows (how many), node, interface, sender, form.
"""

from collections.abc import Iterator
from typing import Final

import polars as pl

from pcapcheck.diagnose.case import Case
from pcapcheck.diagnose.fact import Fact
from pcapcheck.topology.topology import Role

HASHED: Final = ("vxlan", "geneve")  # WireGuard and flannel's udp have one port by design
LEAST: Final = 3  # TCP and UDP flows; that so many have one of 28,000 ports is no accident


def find(case: Case) -> Iterator[Fact]:
    """Yield a fact for each node that sends everything from one port."""
    if "form" not in case.network.variants.columns:
        return
    for number, point in enumerate(case.network.points):
        if not point or point.role != Role.UPLINK or case.profile.traits.tunnel not in HASHED:
            continue
        directions = case.network.directions
        mine = pl.col("direction").is_in(
            directions.filter(pl.col("source_node").eq_missing(point.node))["direction"].to_list()
        )
        sent = case.network.variants.filter(
            mine & (pl.col("point") == number) & (pl.col("form") == case.profile.traits.tunnel)
        )
        flows = sent.filter(pl.col("kind").is_in(["tcp", "udp"]))
        if flows["direction"].n_unique() >= LEAST and sent["udp.srcport"].n_unique() == 1:
            yield _fact(case, number, flows)


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
            "form": case.profile.traits.tunnel,
        },
        filter=f"udp.srcport == {port}",
    )
