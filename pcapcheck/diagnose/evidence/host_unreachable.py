"""A node answers "host unreachable" three seconds after the first packet: nobody answered its ARP requests.

The kernel asks three times, a second apart, before it gives up and returns the packets that waited (Linux
net/ipv4/arp.c: arp_error_report, net/ipv4/route.c: ipv4_link_failure; net/ipv6/ndisc.c: ndisc_error_report).
An `unreachable` route and a firewall answer at once. So the delay shows an unanswered question that was not
captured.

`about`: target (address), target_is (pod, node, pod-network, …), expected (the target), receiver and node
(the one that asks in vain), interface, from_hop, sender, seconds.
"""

from collections.abc import Iterator
from typing import Final

import polars as pl

from pcapcheck.diagnose.case import Case
from pcapcheck.diagnose.fact import Fact
from pcapcheck.outcome.quotes import quotes
from pcapcheck.topology.topology import Role

GIVES_UP: Final = (2_500_000_000, 4_500_000_000)  # ns: mcast_solicit is 3, retrans_time_ms 1000 (arp(7))
OWN_LINK: Final = (Role.POD, Role.VETH, Role.BRIDGE)
NOT_FORWARDED: Final = (64, 255)  # TTLs of what the next host on the link sends itself


def find(case: Case) -> Iterator[Fact]:
    """Yield a fact for each target and point."""
    errors = quotes(case.network)
    if errors.is_empty():
        return
    points = case.network.points_where(lambda point: point.role in OWN_LINK)
    ttl = pl.coalesce("inner.ip.ttl", "inner.ipv6.hlim")
    errors = errors.filter(
        (pl.col("says") == "host unreachable") & pl.col("point").is_in(points) & ttl.is_in(NOT_FORWARDED)
    )
    asked = case.network.variants.group_by("direction", "point").agg(pl.col("first").min().alias("asked"))
    timed = errors.join(asked, left_on=["quoted_direction", "point"], right_on=["direction", "point"])
    late = timed.filter((pl.col("first") - pl.col("asked")).is_between(*GIVES_UP))
    for (target,), rows in late.sort("file", "frame1").group_by("quoted_destination", maintain_order=True):
        yield _fact(case, str(target), rows.filter(pl.col("point") == rows["point"][0]))


def _fact(case: Case, target: str, rows: pl.DataFrame) -> Fact:
    point, wanted = case.point(rows["point"][0]), case.network.owners.of(target)
    seconds = round(int(rows["first"][0] - rows["asked"][0]) / 1_000_000_000)
    return Fact(
        evidence="host_unreachable",
        says=f"{point.node} answers host unreachable for {target}, {seconds} s after the first packet",
        flows=frozenset([*rows["quoted_flow"].drop_nulls(), *rows["flow"].drop_nulls()]),
        frames=case.frames(rows),
        packets=1 + int(rows["packets"].sum()),
        about={
            "target": target,
            "target_is": str(wanted.kind),
            "expected": target,
            "receiver": point.node,
            "node": point.node,
            "interface": point.interface,
            "in_pod": point.inside,
            "sender": point.node,
            "from_hop": point.text,
            "seconds": seconds,
        },
        filter="icmp.type == 3 && icmp.code == 1" if ":" not in target else "icmpv6.type == 1",
    )
