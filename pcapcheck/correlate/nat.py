"""Joining the address tuples that a packet has before and after network address translation.

The question is which address tuples belong to one flow. A pod asks 10.96.0.10:80, a node translates it, and
the packet arrives with another destination, sometimes with another source as well. Unless both tuples are
known to be one flow, every service looks as if it lost all packets at the node.

Conntrack tables would say it, but captures have none, and a table dumped afterwards lacks the connections
that failed. The topology's list of endpoints is not the answer either: a stale endpoint is one of the faults
to be found, and a list cannot say which of two connections to one endpoint is which. Ports do not help,
because SNAT may pick any. Times alone join whatever happens at the same moment.

The rule: translation leaves everything alone but addresses, ports and checksums, so a packet has the same
fingerprint (`identity`, column `strong`) before and after it. Two tuples belong to one direction if

1. they have a fingerprint in common, seen within 3 s of each other, clocks aligned;
2. at most 8 tuples share it: what more have is no fingerprint but a common payload;
3. they are of the same kind, and translation can make one of the other (`_may_be_one`). For TCP and echoes,
   whose fingerprints are unique, it is enough that an end is equal or that one end is no pod. Datagrams
   without an IP ID may be equal by chance, so their owners must fit too: translation makes no pod of another
   pod, no outside address of another, and does not send a datagram back to where it came from.

Tuples are joined transitively, and with each pair the two opposite tuples are joined. A group of more than 8
tuples was joined by chance and is dissolved. The group's number is its smallest member, so the result depends
on neither the order of packets nor that of files.

An example: at its veth a pod sends a SYN from 10.244.1.5:40000 to 10.96.0.10:80, and 20 µs later the uplink
shows one from 10.244.1.5:40000 to 10.244.2.7:8080, with the same sequence number and TSval. The fingerprints
are the same and the sources are equal: one direction. Its end points are the pods, and 10.96.0.10:80 is how
the client calls the server (`flowtable`). The answers, from 10.244.2.7:8080 and from 10.96.0.10:80 to the
pod, are one direction as well, even where no answer was seen twice. Through a NodePort, 203.0.113.9:5000 to
192.168.10.1:30080 becomes 192.168.10.1:61000 to 10.244.2.7:8080: no end is equal, but not all four are pods.

What breaks it: a proxy ends one connection and opens another, with new sequence numbers; these are two flows,
and are shown as two. A firewall that randomises sequence numbers cuts a flow in two that should be one. A
capture that is replayed with other addresses joins flows that have nothing to do with each other. Load
generators that send the same payload in every datagram, with IP ID 0, leave only the owners to tell flows
apart. Clocks more than 3 s apart have to be aligned first, by packets that were not translated (`clocks`).

The module knows of the topology only the kind of the owner of each end.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import polars as pl

from pcapcheck.capture.arrays import Ints
from pcapcheck.correlate.addresses import TUPLE
from pcapcheck.topology.topology import OwnerKind

SECONDS = 1_000_000_000
TOGETHER = 3 * SECONDS  # the longest time between two sightings of one packet, with clocks aligned
CROWD = 8  # tuples: more of them share a fingerprint, or form a group, only by chance
POD_KINDS: Final = (str(OwnerKind.POD), str(OwnerKind.POD_NETWORK))
OUTSIDE_KINDS: Final = (str(OwnerKind.EXTERNAL), str(OwnerKind.ROUTER))
MIRROR: Final = ("kind", "destination", "destination_port", "source", "source_port")


def join_tuples(tuples: pl.DataFrame, keys: pl.DataFrame) -> Ints:
    """Return the group of each tuple: the number of its first member, int64 (n,).

    Args:
        tuples: row k is tuple k: kind, source, source_port, destination, destination_port, source_kind,
            destination_kind (of owners).
        keys: tuple, strong (uint64), time (int64, clocks aligned).
    """
    pairs = _pairs(tuples, keys).to_numpy()
    reverse = reverse_of(tuples)
    group = np.arange(len(tuples))
    for member, first in groups([*pairs.tolist(), *reverse[pairs].tolist()]).items():
        if member < len(tuples):
            group[member] = first
    crowded = np.bincount(group, minlength=len(tuples))[group] > CROWD
    return np.where(crowded, np.arange(len(tuples)), group)


def groups(pairs: Iterable[Sequence[int]]) -> dict[int, int]:
    """Return for each number in the pairs the smallest member of its group; pairs join groups."""
    parent: dict[int, int] = {}
    for first, second in pairs:
        _unite(parent, first, second)
    return {member: _find(parent, member) for member in list(parent)}


def reverse_of(tuples: pl.DataFrame) -> Ints:
    """Return the tuple of the other direction of each, int64 (n,); n + k where tuple k has none."""
    numbered = tuples.select(TUPLE).with_row_index("number").cast({"number": pl.Int64})
    back = numbered.join(
        numbered.rename({"number": "reverse"}),
        left_on=TUPLE,
        right_on=MIRROR,
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    return back.select(pl.col("reverse").fill_null(pl.col("number") + len(tuples))).to_series().to_numpy()


def _pairs(tuples: pl.DataFrame, keys: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs of tuples that a fingerprint joins, first < second, sorted."""
    seen = keys.group_by("strong", "tuple", pl.col("time") // TOGETHER).agg(
        pl.col("time").min().alias("from"), pl.col("time").max().alias("to")
    )
    shared = seen.filter(pl.col("tuple").n_unique().over("strong").is_between(2, CROWD))
    # A packet may lie in one bucket of time and its translation in the next: compare with both neighbours.
    other = pl.concat([shared, *(shared.with_columns(pl.col("time") + step) for step in (-1, 1))])
    near = (pl.col("from") - pl.col("to_b") <= TOGETHER) & (pl.col("from_b") - pl.col("to") <= TOGETHER)
    pairs = shared.join(other, on=["strong", "time"], suffix="_b").filter(
        (pl.col("tuple") < pl.col("tuple_b")) & near
    )
    both = pairs.select("tuple", "tuple_b").unique()
    joined = both.join(tuples, on="tuple").join(tuples, left_on="tuple_b", right_on="tuple", suffix="_b")
    return joined.filter(_may_be_one()).select("tuple", "tuple_b").sort("tuple", "tuple_b")


def _may_be_one() -> pl.Expr:
    """Return whether translation can make one tuple of the other.

    TCP and echoes have fingerprints that no two flows share. Datagrams with equal payloads and no IP ID are
    common, so the owners of theirs must fit too, and a datagram that is sent back is not translated.
    """
    same_kind = pl.col("kind") == pl.col("kind_b")
    equal = {end: pl.col(end) == pl.col(f"{end}_b") for end in ("source", "destination")}
    pods = pl.all_horizontal(
        pl.col(f"{end}_kind{suffix}").is_in(POD_KINDS) for end in equal for suffix in ("", "_b")
    )
    exact = pl.col("kind").is_in(["tcp", "echo"])
    fits = pl.all_horizontal(equal[end] | ~_alike(end) for end in equal)
    return same_kind & (
        pl.when(exact).then(equal["source"] | equal["destination"] | ~pods).otherwise(fits & ~_sent_back())
    )


def _alike(end: str) -> pl.Expr:
    """Return whether both addresses are of pods, or both outside: then none is a translation of the other."""
    kinds = [f"{end}_kind", f"{end}_kind_b"]
    return pl.any_horizontal(
        pl.all_horizontal(pl.col(kinds).is_in(group)) for group in (POD_KINDS, OUTSIDE_KINDS)
    )


def _sent_back() -> pl.Expr:
    """Return whether one tuple begins where the other ends."""
    return pl.any_horizontal(
        (pl.col(end) == pl.col(f"{other}_b")) & (pl.col(f"{end}_port") == pl.col(f"{other}_port_b"))
        for end, other in (("source", "destination"), ("destination", "source"))
    )


def _find(parent: dict[int, int], member: int) -> int:
    while parent.setdefault(member, member) != member:
        parent[member] = parent[parent[member]]
        member = parent[member]
    return member


def _unite(parent: dict[int, int], first: int, second: int) -> None:
    """Join two groups; the smaller number stays the root, so the result does not depend on the order."""
    low, high = sorted((_find(parent, first), _find(parent, second)))
    parent[high] = low
