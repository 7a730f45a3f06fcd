"""Two MACs claim one address in one L2 domain, or one MAC claims addresses that belong to different owners.

`about`: address, macs, mac, domain, node, interface, pods (the owner is a pod), what (two_macs | one_mac).
"""

from collections.abc import Iterator
from typing import Final

import polars as pl

from pcapcheck import values
from pcapcheck.diagnose.case import Case
from pcapcheck.diagnose.domains import domain
from pcapcheck.diagnose.fact import Fact
from pcapcheck.topology.topology import OwnerKind

OWNED: Final = (OwnerKind.POD, OwnerKind.NODE, OwnerKind.POD_NETWORK)


def find(case: Case) -> Iterator[Fact]:
    """Yield a fact for each address with two MACs."""
    arp = case.variants("arp")
    if arp.is_empty() or "arp.src.hw_mac" not in arp.columns:
        return
    claims = arp.filter((pl.col("source_port") == 2) | (pl.col("source") == pl.col("destination")))
    claims = claims.filter(pl.col("source") != "0.0.0.0").drop_nulls("arp.src.hw_mac").sort("file", "frame1")
    places = {number: domain(case, point) for number, point in enumerate(case.network.points) if point}
    named = claims.with_columns(
        pl.col("point").replace_strict(places, return_dtype=pl.String).alias("domain")
    )
    for (place, address), rows in named.group_by("domain", "source", maintain_order=True):
        macs = sorted({values.mac_text(mac) for mac in rows["arp.src.hw_mac"].to_list()})
        owner = case.network.owners.of(str(address))
        if len(macs) > 1 and owner.kind in OWNED and not _one_owner(case, macs):
            yield _fact(case, str(address), macs, str(place), rows)


def _one_owner(case: Case, macs: list[str]) -> bool:
    """Whether all these MACs are of one node: proxy ARP, or several NICs of a node that answer for each other."""
    nodes = [
        {owner.node for owner in case.network.owners.mac_owner(mac) if owner.pod is None} for mac in macs
    ]
    return all(nodes) and len(set.intersection(*nodes)) == 1


def _fact(case: Case, address: str, macs: list[str], place: str, rows: pl.DataFrame) -> Fact:
    owner, point = case.network.owners.of(address), case.point(rows["point"][0])
    flows = frozenset(
        row["flow"] for row in case.directions if address in (row["source"], row["destination"])
    )
    return Fact(
        evidence="claimed_twice",
        says=f"{address} is claimed by {' and by '.join(macs)}",
        flows=flows,
        frames=case.frames(rows.unique("arp.src.hw_mac", keep="first", maintain_order=True)),
        packets=int(rows["packets"].sum()),
        about={
            "address": address,
            "macs": ", ".join(macs),
            "owner": owner.name,
            "owner_is": str(owner.kind),
            "domain": place,
            "node": owner.node or point.node,
            "interface": point.interface,
            "sender": owner.node,
        },
        filter=f"arp.src.proto_ipv4 == {address}",
    )
