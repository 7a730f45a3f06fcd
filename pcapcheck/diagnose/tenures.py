"""Who claims an address, and when: the times during which one MAC has an address in one L2 domain.

Each ARP message, neighbour solicitation and advertisement claims that an address is at a MAC. Two MACs that
claim one address need not contradict each other: a pod that moved, a pod address that was given to the next
pod, and a virtual address that another node took over have one MAC after the other. That is a hand-over, and
it is healthy. Only MACs that claim an address in turns (A, B, A), or that answer the same question, are two
owners. So a claim has a first and a last time, and all questions are about their order.

Frames of one file are compared by their own clock, which is exact. Files of several nodes are compared by
aligned clocks, so that times count as different only if they are MARGIN apart.
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import polars as pl

from pcapcheck.diagnose.case import Case
from pcapcheck.diagnose.domains import domain
from pcapcheck.documents import values
from pcapcheck.topology.topology import OwnerKind, Role

SECOND_NS: Final = 1_000_000_000  # ns
MARGIN: Final = SECOND_NS  # Linux also ignores a second ARP answer within a second (locktime, arp(7))
ONE_QUESTION: Final = (
    300_000_000  # ns: the kernel asks once a second (retrans_time_ms), and LANs answer in ms
)
ANSWERS: Final = (2, 136)  # ARP reply: RFC 826; neighbour advertisement: RFC 4861
ADVERTISEMENT: Final = 136
BIT_OF_GROUPS: Final = 1 << 40  # of a MAC: IEEE 802
SENT: Final = ("tcp", "udp", "echo")
ON_LINK: Final = (Role.POD, Role.VETH, Role.BRIDGE)
COLUMNS: Final = (
    *(
        "domain",
        "address",
        "mac",
        "begin",
        "end",
        "first",
        "last",
        "file",
        "point",
        "told",
        "kind",
        "packets",
    ),
    *("source", "source_port", "destination", "inner.ipv6.dst~", *(f"frame{k}" for k in range(1, 6))),
)
NOBODY: Final = ("0.0.0.0", "::")  # the sender of a probe: RFC 5227, RFC 4862


class Handover(NamedTuple):
    """An address that went from one MAC to another, and stayed there."""

    domain: str
    address: str
    mac: str  # the one that has it now
    since: int  # ns, by the reference clock: its first claim
    rows: pl.DataFrame  # all claims of the address in this domain


def claims(case: Case) -> pl.DataFrame:
    """Return a row a variant that claims an address, in order of domain, address, file and frame.

    Added columns: address, mac (text), domain, begin and end (ns, first and last by the reference clock),
    told (it is no answer to one asker, but meant for all).
    """
    said = case.variants("arp", "nd")
    if said.is_empty():
        return said
    number = pl.when(pl.col("kind") == "arp").then("arp.src.hw_mac").otherwise("inner.eth.src")
    address = pl.when(pl.col("source_port") == ADVERTISEMENT).then("destination").otherwise("source")
    named = said.with_columns(number.alias("number"), address.alias("address"))
    named = named.drop_nulls(["number", "address"]).filter(~pl.col("address").is_in(NOBODY))
    named = named.filter((pl.col("number") > 0) & (pl.col("number") // BIT_OF_GROUPS % 2 == 0))
    gratuitous = (pl.col("kind") == "arp") & (pl.col("source") == pl.col("destination"))
    to_all = pl.col("inner.eth.dst").fill_null(0) // BIT_OF_GROUPS % 2 == 1
    placed = _placed(case, named).with_columns((gratuitous | to_all).alias("told"))
    return placed.sort("domain", "address", "file", "frame1")


def _placed(case: Case, rows: pl.DataFrame) -> pl.DataFrame:
    """Add mac, domain, begin and end to variants with `number`, a MAC as a number."""
    texts = {number: values.mac_text(number) for number in rows["number"].unique().to_list()}
    places = {number: domain(case, point) for number, point in enumerate(case.network.capture_points)}
    return aligned(case, rows).with_columns(
        pl.col("number").replace_strict(texts, default="", return_dtype=pl.String).alias("mac"),
        pl.col("point").replace_strict(places, default="", return_dtype=pl.String).alias("domain"),
    )


def aligned(case: Case, rows: pl.DataFrame) -> pl.DataFrame:
    """Add begin and end to variants: first and last by the reference clock."""
    points = enumerate(case.network.capture_points)
    ahead = {number: case.network.offsets.get(point.node or "", 0) for number, point in points}
    behind = pl.col("point").replace_strict(ahead, default=0, return_dtype=pl.Int64)
    return rows.with_columns(
        (pl.col("first") - behind).alias("begin"), (pl.col("last") - behind).alias("end")
    )


def used(case: Case, claimed: pl.DataFrame) -> pl.DataFrame:
    """Return the frames that pods send from their own address, on their own link: rows as of `claims`.

    A pod sends while it has the address, so these show for how long. Only MACs count that claim the address,
    or that the topology gives the pod. A virtual address is left out: its former holder may finish old
    connections.
    """
    sent = case.variants(*SENT)
    if sent.is_empty() or "inner.eth.src" not in sent.columns:
        return claimed.clear()
    links = case.network.points_where(lambda point: point.role in ON_LINK)
    rows = sent.filter((pl.col("form") == "plain") & pl.col("point").is_in(links))
    rows = rows.with_columns(pl.col("inner.eth.src").alias("number"), pl.col("source").alias("address"))
    pods = _pod_macs(case, rows["address"].drop_nulls().unique().to_list())
    rows = rows.drop_nulls(["number", "address"]).filter(pl.col("address").is_in(list(pods)))
    placed = _placed(case, rows).with_columns(pl.lit(value=True).alias("told"))
    known = pl.DataFrame(
        [(address, mac) for address, mac in pods.items() if mac],
        schema={"address": pl.String, "mac": pl.String},
        orient="row",
    )
    theirs = pl.concat([known, claimed.select("address", "mac")]).unique()
    return placed.join(theirs, on=["address", "mac"], how="semi").sort("domain", "address", "file", "frame1")


def _pod_macs(case: Case, addresses: Iterable[str]) -> dict[str, str | None]:
    """Return the MAC that the topology gives the pod of each address that is a pod's."""
    owners = {address: case.network.owners.of(address) for address in addresses}
    pods = case.network.topology.pods
    found = {
        address: pods.get(owner.name or "")
        for address, owner in owners.items()
        if owner.kind == OwnerKind.POD
    }
    return {address: pod.mac for address, pod in found.items() if pod}


def is_pod(case: Case, address: str) -> bool:
    """Whether an address is a pod's."""
    return case.network.owners.of(address).kind == OwnerKind.POD


def in_turns(rows: pl.DataFrame) -> bool:
    """Whether two MACs claim one address in turns, or answer one question; `rows`: claims of one address."""
    parts = rows.partition_by("mac", maintain_order=True)
    pairs = ((a, b) for number, a in enumerate(parts) for b in parts[:number])
    return any(at_once(a, b) or _one_question(a, b) for a, b in pairs)


def at_once(one: pl.DataFrame, other: pl.DataFrame, gap: int = 0) -> bool:
    """Whether neither of two sets of variants ends before the other begins: file, first, last, begin, end.

    Args:
        one: some variants.
        other: the others.
        gap: ns by which the one must end before the other begins, where both are in one file.
    """
    files = set(one["file"].to_list()) & set(other["file"].to_list())
    return _crossing(one, other, "begin", "end", MARGIN) or any(
        _crossing(one.filter(file=file), other.filter(file=file), "first", "last", -gap) for file in files
    )


def _crossing(one: pl.DataFrame, other: pl.DataFrame, begin: str, end: str, margin: int) -> bool:
    a, b = (_span(rows, begin, end) for rows in (one, other))
    return b[0] < a[1] - margin and a[0] < b[1] - margin


def _span(rows: pl.DataFrame, begin: str, end: str) -> tuple[int, int]:
    return int(rows[begin].to_numpy().min()), int(rows[end].to_numpy().max())


def _one_question(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    """Whether both answered one asker at the same time."""
    answer = pl.col("source_port").is_in(ANSWERS) & ~pl.col("told")
    asker = (
        pl.when(pl.col("kind") == "arp")
        .then("destination")
        .otherwise(pl.col("inner.ipv6.dst~").cast(pl.String))
    )
    times = [rows.filter(answer).select(asker.alias("asker"), "begin", "end") for rows in (one, other)]
    both = times[0].join(times[1], on="asker", suffix="_b")
    apart = [(both[a] - both[f"{b}_b"]).abs() for a in ("begin", "end") for b in ("begin", "end")]
    return any((each < ONE_QUESTION).any() for each in apart)


def one_owner(case: Case, macs: Iterable[str]) -> bool:
    """Whether all these MACs are of one node: proxy ARP, or NICs that answer for each other."""
    nodes = [
        {owner.node for owner in case.network.owners.mac_owner(mac) if owner.pod is None} for mac in macs
    ]
    return all(nodes) and len(set.intersection(*nodes)) == 1


def timeline(case: Case) -> pl.DataFrame:
    """Return the claims of all addresses, and the frames by which their pods show that they have them."""
    claimed = claims(case)
    if claimed.is_empty():
        return claimed
    return pl.concat([claimed.select(COLUMNS), used(case, claimed).select(COLUMNS)])


def handovers(case: Case) -> Iterator[Handover]:
    """Yield the addresses that one MAC has after another had them, in order."""
    every = timeline(case)
    if every.is_empty():
        return
    several = every.filter(pl.col("mac").n_unique().over("domain", "address") > 1)
    for (where, address), rows in several.sort("domain", "address", "begin").group_by(
        "domain", "address", maintain_order=True
    ):
        if in_turns(rows) or one_owner(case, rows["mac"].unique().to_list()):
            continue
        latest = rows.group_by("mac").agg(pl.col("begin").min()).sort("begin").row(-1, named=True)
        yield Handover(str(where), str(address), latest["mac"], latest["begin"], rows)


def moved(case: Case) -> frozenset[str]:
    """Return the addresses of pods that were handed over, so that the topology knows one MAC of several."""
    return frozenset(each.address for each in handovers(case) if is_pod(case, each.address))
