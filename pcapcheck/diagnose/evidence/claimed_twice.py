"""Two MACs claim one address in turns in one L2 domain, or one MAC is used by two owners that should differ.

Each ARP message and neighbour solicitation claims that an address is at a MAC. Two claims need not contradict
each other: a node may have many addresses and answer for its pods, several NICs of a node may answer for each
other, and an address may go from one owner to the next (`diagnose.tenures`). Virtual addresses, routers and
hosts that nobody knows count too; for the latter, both claims must have reached the same host, since one host
may answer each asker by another of its NICs (bonding mode balance-alb, Linux bond_alb.c: rlb_choose_channel).

`about`: what (two_macs, one_mac), address, macs, owner and owner_is, domain, node, interface, sender.
"""

from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from pcapcheck.diagnose.case import Case
from pcapcheck.diagnose.fact import Fact
from pcapcheck.diagnose.tenures import in_turns, one_owner, timeline
from pcapcheck.topology.topology import Owner, OwnerKind

OWNED: Final = (OwnerKind.POD, OwnerKind.NODE)


def find(case: Case) -> Iterator[Fact]:
    """Yield a fact for each address with two MACs, then for each MAC with two owners."""
    every = timeline(case)
    if every.is_empty():
        return
    for (_, address), rows in every.sort("domain", "address", "file", "frame1").group_by(
        "domain", "address", maintain_order=True
    ):
        macs = sorted(set(rows["mac"].to_list()))
        if len(macs) > 1 and _contradict(case, str(address), macs, rows):
            yield _fact(case, "two_macs", rows, rows.unique("mac", keep="first", maintain_order=True))
        elif len(macs) == 1 and _stolen(case, str(address), macs[0], rows):
            yield _fact(case, "two_macs", rows, rows)
    if case.profile.traits.shared_mac:
        return
    for (_, mac), rows in _owned(case, every).group_by("domain", "mac", maintain_order=True):
        owners = {case.network.owners.of(address) for address in rows["address"].unique().to_list()}
        if len(owners) > 1 and _should_differ(case, str(mac), owners):
            yield _fact(case, "one_mac", rows, rows.unique("address", keep="first", maintain_order=True))


def _contradict(case: Case, address: str, macs: list[str], rows: pl.DataFrame) -> bool:
    """Whether claims of one address by several MACs mean that two hosts have it at the same time."""
    kind = case.network.owners.of(address).kind
    if kind == OwnerKind.GROUP or one_owner(case, macs):
        return False
    if kind == OwnerKind.EXTERNAL and not any(case.network.owners.mac_owner(mac) for mac in macs):
        heard = rows.filter(~pl.col("told")).group_by("destination", maintain_order=True)
        return any(in_turns(each) for _, each in heard)
    return in_turns(rows)


def _owned(case: Case, every: pl.DataFrame) -> pl.DataFrame:
    """Return the claims of addresses of pods and nodes."""
    addresses = every["address"].unique().to_list()
    owned = [each for each in addresses if case.network.owners.of(each).kind in OWNED]
    return every.filter(pl.col("address").is_in(owned) & pl.col("kind").is_in(["arp", "nd"]))


def _stolen(case: Case, address: str, mac: str, rows: pl.DataFrame) -> bool:
    """Whether another known pod claims a pod's address, while the pod itself was not heard."""
    owner = case.network.owners.of(address)
    pod = case.network.topology.pods.get(owner.name or "") if owner.kind == OwnerKind.POD else None
    if pod is None or pod.mac in (None, mac):
        return False
    others = {each.pod for each in case.network.owners.mac_owner(mac)} - {None, owner.name}
    points = {case.point(number).pod for number in rows["point"].unique().to_list()}
    return bool(others) and owner.name not in points


def _should_differ(case: Case, mac: str, owners: set[Owner]) -> bool:
    """Whether owners of one MAC are on several nodes, or are pods of a node that does not answer for them."""
    if len({owner.node for owner in owners}) > 1:
        return True
    by_node = any(each.pod is None for each in case.network.owners.mac_owner(mac))
    return not by_node and all(owner.kind == OwnerKind.POD for owner in owners)


def _fact(case: Case, what: str, rows: pl.DataFrame, proof: pl.DataFrame) -> Fact:
    """Return a fact about the claims in `rows`; `proof` has one claim of each kind."""
    addresses, macs = (
        rows["address"].unique(maintain_order=True).to_list(),
        sorted(set(rows["mac"].to_list())),
    )
    owner, point = case.network.owners.of(addresses[0]), case.point(rows["point"][0])
    subject, claimed = (addresses[0], macs) if what == "two_macs" else (macs[0], addresses)
    said = {"two_macs": "is claimed by", "one_mac": "is used for"}[what]

    def about_it(row: dict[str, Any]) -> bool:
        return row["source"] in addresses or row["destination"] in addresses

    return Fact(
        evidence="claimed_twice",
        says=f"{subject} {said} {' and '.join(claimed)}",
        flows=frozenset(row["flow"] for row in case.directions if about_it(row)),
        frames=case.frames(proof),
        packets=int(rows["packets"].sum()),
        about={
            "what": what,
            "address": subject,
            "actual": subject,
            "macs": ", ".join(macs),
            "owner": owner.name,
            "owner_is": str(owner.kind),
            "domain": rows["domain"][0],
            "node": owner.node or point.node,
            "interface": point.interface,
            "in_pod": point.inside,
            "sender": owner.node,
        },
        filter=f"arp.src.proto_ipv4 == {subject}" if what == "two_macs" else f"arp.src.hw_mac == {subject}",
    )
