"""Frames still go to the MAC that an address had before it was handed over, and nobody answers them.

A neighbour that hears the gratuitous ARP or the unsolicited advertisement of the new owner changes its entry
at once (Linux net/ipv4/arp.c: arp_process; net/ipv6/ndisc.c: ndisc_recv_na), unless it changed less than a
second ago (locktime). So frames to the old MAC more than MARGIN later are sent from an entry that is out of
date. The old MAC must have claimed the address before, or must be of a node or pod that answered for it.
Where the hand-over was before the captures, it is a MAC that nobody has and that sends nothing, while the
topology knows the pod's.

`about`: address, actual (the old MAC), expected (the new one), is_virtual (it is of a load balancer, a router
or another address that nodes take over, and not of a pod or node), sender (the node that sends, if it is
known), node (the sender's, else that of the old MAC), old_node, new_node, interface, owner, seconds.
"""

from collections.abc import Iterator
from typing import Final

import polars as pl

from pcapcheck.diagnose.case import Case
from pcapcheck.diagnose.domains import domain
from pcapcheck.diagnose.fact import Fact
from pcapcheck.diagnose.tenures import MARGIN, SECOND_NS, aligned, claims, handovers
from pcapcheck.documents import values
from pcapcheck.topology.topology import OwnerKind, Role

FEWEST: Final = 2  # packets: one may have been on its way
ENDS: Final = ("kind", "source", "source_port", "destination", "destination_port")
TRAFFIC: Final = ("tcp", "udp", "echo")


def find(case: Case) -> Iterator[Fact]:
    """Yield a fact for each address whose traffic still goes to a former MAC."""
    sent = _sent(case)
    if sent.is_empty():
        return
    for address, mac, where, since in _latest(case):
        late = sent.filter((pl.col("destination") == address) & (pl.col("domain") == where))
        late = late.filter((pl.col("to") != mac) & (pl.col("end") > since + MARGIN))
        for (old,), rows in late.sort("file", "frame1").group_by("to", maintain_order=True):
            if _had_it(case, sent, address, str(old), where, since):
                yield from _unanswered(case, address, (str(old), mac), rows, since)
    yield from _to_nobody(case, sent)


def _to_nobody(case: Case, sent: pl.DataFrame) -> Iterator[Fact]:
    """Yield a fact for each pod to which frames with a MAC are sent that nobody has, and not to its own."""
    if case.network.topology.inferred or case.profile.traits.shared_mac or case.profile.traits.bridged:
        return
    heard = sent["from"].unique().implode()
    links = case.network.points_where(lambda point: point.role in (Role.BRIDGE, Role.VETH))
    strange = sent.filter(
        ~pl.col("to").is_in(heard) & pl.col("point").is_in(links) & (pl.col("form") == "plain")
    )
    for (address, old), rows in strange.sort("file", "frame1").group_by(
        "destination", "to", maintain_order=True
    ):
        owner = case.network.owners.of(str(address))
        pod = case.network.topology.pods.get(owner.name or "") if owner.kind == OwnerKind.POD else None
        if pod and pod.mac and not case.network.owners.mac_owner(str(old)):
            here = rows.filter(pl.col("point").is_in(_at_its_node(case, pod.node)))
            if len(here):
                since = int(here["begin"].to_numpy().min()) - MARGIN
                yield from _unanswered(case, str(address), (str(old), pod.mac), here, since)


def _at_its_node(case: Case, node: str) -> list[int]:
    return case.network.points_where(lambda point: point.node == node)


def _unanswered(
    case: Case, address: str, macs: tuple[str, str], rows: pl.DataFrame, since: int
) -> Iterator[Fact]:
    """Yield a fact if several of these frames to the old of two MACs have no answer."""
    unanswered = rows.join(_answered(case, since), on=ENDS, how="anti", maintain_order="left")
    if unanswered["packets"].sum() >= FEWEST:
        yield _fact(case, address, *macs, unanswered, since)


def _sent(case: Case) -> pl.DataFrame:
    """Return the frames with the MACs on the innermost link: from and to, as text, domain, begin, end."""
    rows = case.variants(*TRAFFIC)
    if rows.is_empty() or "inner.eth.dst" not in rows.columns:
        return pl.DataFrame()
    rows = aligned(case, rows.drop_nulls(["inner.eth.src", "inner.eth.dst"]))
    numbers = {*rows["inner.eth.src"].to_list(), *rows["inner.eth.dst"].to_list()}
    texts = {number: values.mac_text(number) for number in numbers}
    places = {number: domain(case, point) for number, point in enumerate(case.network.capture_points)}
    return rows.with_columns(
        pl.col("inner.eth.src").replace_strict(texts, default="", return_dtype=pl.String).alias("from"),
        pl.col("inner.eth.dst").replace_strict(texts, default="", return_dtype=pl.String).alias("to"),
        pl.col("point").replace_strict(places, default="", return_dtype=pl.String).alias("domain"),
    )


def _latest(case: Case) -> Iterator[tuple[str, str, str, int]]:
    """Yield address, MAC, domain and time (ns) of the last hand-over of each address.

    An address that only one MAC claims may have had another before, which was not captured.
    """
    seen: set[tuple[str, str]] = set()
    for each in handovers(case):
        seen.add((each.domain, each.address))
        yield each.address, each.mac, each.domain, each.since
    claimed = claims(case)
    if claimed.is_empty():
        return
    alone = claimed.filter(pl.col("mac").n_unique().over("domain", "address") == 1)
    for (where, address), rows in alone.group_by("domain", "address", maintain_order=True):
        if (str(where), str(address)) not in seen and rows["told"].any():
            yield str(address), rows["mac"][0], str(where), int(rows["begin"].to_numpy().min())


def _had_it(case: Case, sent: pl.DataFrame, address: str, old: str, where: str, since: int) -> bool:
    """Whether a MAC had an address before: it claimed it, or is of a node or pod that sent from it."""
    claimed = claims(case).filter(address=address, mac=old, domain=where)
    if (claimed["begin"] < since).any():
        return True
    before = sent.filter((pl.col("source") == address) & (pl.col("from") == old) & (pl.col("begin") < since))
    return bool(case.network.owners.mac_owner(old)) and len(before.filter(domain=where)) > 0


def _answered(case: Case, since: int) -> pl.DataFrame:
    """Return the ends of the packets of which an answer was seen anywhere after the hand-over: ENDS."""
    back = aligned(case, case.variants(*TRAFFIC)).filter(pl.col("end") > since + MARGIN)
    swapped = zip(ENDS, (*ENDS[:1], *ENDS[3:], *ENDS[1:3]), strict=True)
    return back.select(pl.col(other).alias(name) for name, other in swapped).unique()


def _fact(case: Case, address: str, old: str, new: str, rows: pl.DataFrame, since: int) -> Fact:
    network, point = case.network, case.point(rows["point"][0])
    owner = network.owners.of(address)
    old_node, new_node = (_node(case, mac) for mac in (old, new))
    sender = next(filter(None, (_node(case, mac) for mac in rows["from"].unique(maintain_order=True))), None)
    shared = owner.kind == OwnerKind.NODE and old_node not in (None, new_node)
    virtual = shared or owner.kind not in (OwnerKind.POD, OwnerKind.NODE)
    seconds = (int(rows["end"].to_numpy().max()) - since) // SECOND_NS
    return Fact(
        evidence="sent_to_old_mac",
        says=f"frames for {address}, which {new} has, go to {old} for {seconds} s and are not answered",
        flows=frozenset(rows["flow"].to_list()),
        frames=case.frames(rows),
        packets=int(rows["packets"].sum()),
        about={
            "address": address,
            "actual": old,
            "expected": new,
            "is_virtual": virtual,
            "owner": owner.name,
            "sender": sender,
            "node": sender or old_node or point.node,
            "old_node": old_node,
            "new_node": new_node,
            "interface": point.interface,
            "in_pod": point.inside,
            "from_mac": rows["from"][0],
            "seconds": seconds,
        },
        filter=f"eth.dst == {old} && {'ipv6' if ':' in address else 'ip'}.dst == {address}",
    )


def _node(case: Case, mac: str) -> str | None:
    owners = {owner.node for owner in case.network.owners.mac_owner(mac)}
    return owners.pop() if len(owners) == 1 else None
