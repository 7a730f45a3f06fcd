"""What a pod asks all hosts comes back to it at once, as a bridge port in hairpin mode sends it.

The kernel asks at most once a second for one address (retrans_time_ms), so two equal questions of a pod
within a tenth of that are one question that was seen on its way out and on its way back. A pod that hears its
own question whether an address is taken (source ::, duplicate address detection) takes it for that of another
host and gives the address up (Linux net/ipv6/ndisc.c: ndisc_recv_ns, addrconf_dad_failure), unless it finds
its own nonce in it (RFC 7527). A capture that shows all packets twice is no evidence.

`about`: pod, node, interface, at (role), address (the one asked for), actual (the pod's MAC), detection (it
is duplicate address detection), sender.
"""

from collections.abc import Iterator
from typing import Final

import polars as pl

from pcapcheck.diagnose.case import Case
from pcapcheck.diagnose.fact import Fact
from pcapcheck.diagnose.tenures import NOBODY
from pcapcheck.documents import values
from pcapcheck.topology.topology import Role

AT_ONCE: Final = 100_000_000  # ns
QUESTIONS: Final = (1, 135)  # ARP request, neighbour solicitation
DETECTION: Final = "::"
OWN_LINK: Final = (Role.POD, Role.VETH)


def find(case: Case) -> Iterator[Fact]:
    """Yield a fact for each pod and point."""
    said = case.variants("arp", "nd")
    points = case.network.points_where(lambda point: point.role in OWN_LINK and point.pod is not None)
    twice = said.filter((pl.col("packets") == 2) & (pl.col("last") - pl.col("first") < AT_ONCE))
    asked = twice.filter(pl.col("source_port").is_in(QUESTIONS) & pl.col("point").is_in(points))
    for (point, mac), rows in asked.sort("file", "frame1").group_by(
        "point", "inner.eth.src", maintain_order=True
    ):
        others = twice.filter(
            pl.col("file").is_in(rows["file"].unique().implode()) & (pl.col("inner.eth.src") != mac)
        )
        own = rows.filter(pl.col("source") != pl.col("destination"))
        if others.is_empty() and len(own) and isinstance(point, int) and _is_the_pods(case, point, own):
            yield _fact(case, point, own)


def _is_the_pods(case: Case, point: int, rows: pl.DataFrame) -> bool:
    """Whether the pod of a point asks: by its MAC, its address, or since it tries an address."""
    name = case.point(point).pod
    pod = case.network.topology.pods.get(name or "")
    if pod and pod.mac:
        return values.mac_text(rows["inner.eth.src"][0]) == pod.mac
    sources = rows["source"].unique().to_list()
    return any(each in NOBODY or case.network.owners.of(each).name == name for each in sources)


def _fact(case: Case, number: int, rows: pl.DataFrame) -> Fact:
    point, mac = case.point(number), values.mac_text(rows["inner.eth.src"][0])
    detection = (rows["source"] == DETECTION).any()
    address = rows.sort(pl.col("source") != DETECTION, maintain_order=True)["destination"][0]
    return Fact(
        evidence="frames_reflected",
        says=f"{point.pod} asks for {address}, and its question comes back at once, from its own MAC {mac}",
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
            "detection": detection,
        },
        filter=f"eth.src == {mac} && (arp.opcode == 1 || icmpv6.type == 135)",
    )
