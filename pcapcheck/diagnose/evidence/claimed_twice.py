"""Two MACs claim one address in one L2 domain, or one MAC is used by two owners that should differ.

Each ARP message and neighbour solicitation claims that an address is at a MAC. Two claims need not contradict
each other: a node may have many addresses and answer for its pods, and several NICs of a node may answer for
each other.

`about`: what (two_macs, one_mac), address, macs, owner and owner_is, domain, node, interface, sender.
"""

from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from pcapcheck.diagnose.case import Case
from pcapcheck.diagnose.domains import domain
from pcapcheck.diagnose.fact import Fact
from pcapcheck.documents import values
from pcapcheck.topology.topology import Owner, OwnerKind

OWNED: Final = (OwnerKind.POD, OwnerKind.NODE)


def find(case: Case) -> Iterator[Fact]:
    """Yield a fact for each address with two MACs, then for each MAC with two owners."""
    claims = _claims(case)
    if claims.is_empty():
        return
    for (_, address), rows in claims.group_by("domain", "source", maintain_order=True):
        macs = sorted(set(rows["mac"].to_list()))
        if len(macs) > 1 and not _one_owner(case, macs):
            yield _fact(case, "two_macs", rows, rows.unique("mac", keep="first", maintain_order=True))
        elif len(macs) == 1 and _stolen(case, str(address), macs[0], rows):
            yield _fact(case, "two_macs", rows, rows)
    if case.profile.traits.shared_mac:
        return
    for (_, mac), rows in claims.group_by("domain", "mac", maintain_order=True):
        owners = {case.network.owners.of(address) for address in rows["source"].unique().to_list()}
        if len(owners) > 1 and _should_differ(case, str(mac), owners):
            yield _fact(case, "one_mac", rows, rows.unique("source", keep="first", maintain_order=True))


def _claims(case: Case) -> pl.DataFrame:
    """Return the claims about addresses of pods and nodes: source, mac (text), domain, point."""
    said = case.variants("arp", "nd")
    if said.is_empty():
        return said
    mac = pl.when(pl.col("kind") == "arp").then("arp.src.hw_mac").otherwise("inner.eth.src").alias("number")
    said = said.with_columns(mac).drop_nulls(["number", "source"])
    owned = [each for each in said["source"].unique().to_list() if case.network.owners.of(each).kind in OWNED]
    texts = {number: values.mac_text(number) for number in said["number"].unique().to_list()}
    places = {number: domain(case, point) for number, point in enumerate(case.network.capture_points)}
    return (
        said.filter(pl.col("source").is_in(owned))
        .with_columns(
            pl.col("number").replace_strict(texts, default="", return_dtype=pl.String).alias("mac"),
            pl.col("point").replace_strict(places, default="", return_dtype=pl.String).alias("domain"),
        )
        .sort("domain", "source", "file", "frame1")
    )


def _one_owner(case: Case, macs: list[str]) -> bool:
    """Whether all these MACs are of one node: proxy ARP, or NICs that answer for each other."""
    nodes = [
        {owner.node for owner in case.network.owners.mac_owner(mac) if owner.pod is None} for mac in macs
    ]
    return all(nodes) and len(set.intersection(*nodes)) == 1


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
    addresses, macs = rows["source"].unique(maintain_order=True).to_list(), sorted(set(rows["mac"].to_list()))
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
