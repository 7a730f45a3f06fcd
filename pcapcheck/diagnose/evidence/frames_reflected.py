"""A pod hears its own duplicate address detection, as a bridge port in hairpin mode sends it back.

The kernel asks once a second at most whether somebody has an address (retrans_time_ms), so two equal
questions within a tenth of that are one, seen on its way out and on its way back. The pod takes it for the
question of another host and gives the address up (Linux net/ipv6/ndisc.c: ndisc_recv_ns,
addrconf_dad_failure), unless the question has a nonce by which it knows its own (RFC 7527; enhanced_dad, the
default since Linux 4.10). ARP requests that come back are usual where hairpin mode is on, and do no harm. A
capture that shows all packets twice is no evidence.

`about`: pod, node, interface, at (role), address (the one asked for), actual (the pod's MAC), sender.
"""

from collections.abc import Iterator
from typing import Final

import polars as pl

from pcapcheck.diagnose.case import Case
from pcapcheck.diagnose.fact import Fact
from pcapcheck.documents import values
from pcapcheck.topology.topology import Role

AT_ONCE: Final = 100_000_000  # ns
SOLICITATION: Final = 135
NOBODY_YET: Final = "::"  # the source of duplicate address detection: RFC 4862 section 5.4.2
WITH_NONCE: Final = 86  # bytes: Ethernet 14, IPv6 40, solicitation 24, option 8; a VLAN tag adds 4
OWN_LINK: Final = (Role.POD, Role.VETH)


def find(case: Case) -> Iterator[Fact]:
    """Yield a fact for each pod and point."""
    said = case.variants("arp", "nd")
    points = case.network.points_where(lambda point: point.role in OWN_LINK and point.pod is not None)
    twice = said.filter((pl.col("packets") == 2) & (pl.col("last") - pl.col("first") < AT_ONCE))
    asked = twice.filter(
        (pl.col("source_port") == SOLICITATION)
        & (pl.col("source") == NOBODY_YET)
        & (pl.col("bytes") < 2 * WITH_NONCE)
        & pl.col("point").is_in(points)
    )
    for (point, mac), rows in asked.sort("file", "frame1").group_by(
        "point", "inner.eth.src", maintain_order=True
    ):
        here = pl.col("file").is_in(rows["file"].unique().implode())
        others = twice.filter(here & (pl.col("inner.eth.src") != mac))
        given_up = rows.filter(~pl.col("destination").is_in(_sources(case, rows)))
        if others.is_empty() and len(given_up) and isinstance(point, int) and _is_the_pods(case, point, rows):
            yield _fact(case, point, given_up)


def _sources(case: Case, rows: pl.DataFrame) -> list[str]:
    """Return the addresses that were used after these questions: the pod has kept them."""
    later = case.network.variants.filter(pl.col("last") > int(rows["last"].to_numpy().min()))
    return later["source"].drop_nulls().unique().to_list()


def _is_the_pods(case: Case, point: int, rows: pl.DataFrame) -> bool:
    """Whether the pod of a point asks, as far as its MAC is known."""
    pod = case.network.topology.pods.get(case.point(point).pod or "")
    return pod is None or pod.mac in (None, values.mac_text(rows["inner.eth.src"][0]))


def _fact(case: Case, number: int, rows: pl.DataFrame) -> Fact:
    point, mac = case.point(number), values.mac_text(rows["inner.eth.src"][0])
    address = rows["destination"][0]
    return Fact(
        evidence="frames_reflected",
        says=f"{point.pod} asks who has {address}, and hears its own question, from its own MAC {mac}",
        flows=frozenset(rows["flow"].drop_nulls().to_list()),
        frames=case.frames(rows),
        packets=int(rows["packets"].sum()),
        about={
            "pod": point.pod,
            "node": point.node,
            "sender": point.node,
            "interface": point.interface,
            "in_pod": point.inside,
            "at": str(point.role),
            "address": address,
            "actual": mac,
        },
        filter=f"eth.src == {mac} && icmpv6.type == {SOLICITATION}",
    )
