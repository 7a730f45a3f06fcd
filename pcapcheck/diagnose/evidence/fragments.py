"""Some fragments of datagrams pass two capture points, and others end between them.

Only first fragments have ports, so what filters or translates by ports (a firewall, eBPF without a fragment
table) may treat the others differently. The datagram is then never put together, and the sender is told
nothing or, after 30 s, "time exceeded" (RFC 792, RFC 8200, 4.5). A point where a node has put datagrams
together shows none in pieces.

Fragments are counted at each point: as many first ones as last ones, or fewer. Counting at one point needs
no clocks, and a capture that began late lacks both. There must be a point before it that shows both. A
capture filter by port lets only first fragments pass, so a point counts if it saw packets of other kinds,
too; of several uplinks, all have to be captured, because a bond may send first and later fragments by
different ways.

`about`: which (later, first: what is lost), lost, sent (at the last point that shows both), all, offset (of
the last fragments, bytes), outer (of a tunnel's packets), from_hop, to_hop, from_role, to_role, from_node,
to_node, node, interface, in_pod, pod, toward, across (different nodes), sender, receiver, source,
destination, flow, family.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import polars as pl

from pcapcheck.collect.variants import LOW
from pcapcheck.correlate.nat import groups
from pcapcheck.diagnose.case import Case
from pcapcheck.diagnose.fact import Fact, Word
from pcapcheck.documents import values
from pcapcheck.topology.topology import CapturePoint, Role

INWARDS: Final = (Role.POD, Role.VETH, Role.BRIDGE, Role.VTEP, Role.TUNNEL, Role.VLAN, Role.UPLINK)
WIRE: Final = (Role.UPLINK, Role.VLAN)
MIDDLE: Final = len(INWARDS)
LEAST: Final = 2  # fragments: a single one is lost by chance
MOST_SHARE: Final = 0.5  # of the others of their datagrams: fewer do not come together by chance
WHOLE_SHARE: Final = 0.8  # of the others: captures begin and end in the middle of a datagram
AS_LARGE: Final = 0.97  # of the length: the mean of a full-sized transfer; tunnels take more than the rest
UNIT: Final = 8  # bytes that an offset counts: RFC 791, 3.1; RFC 8200, 4.5
PAIR: Final = ("source", "destination")


class _Ends(NamedTuple):
    """Where a stream of datagrams comes from and goes to: node and pod of each end."""

    source_node: str | None
    source_pod: str | None
    destination_node: str | None
    destination_pod: str | None


class _Count(NamedTuple):
    """How many first and last fragments the points at one place of the way saw."""

    points: tuple[int, ...]
    first: int
    last: int

    @property
    def is_whole(self) -> bool:
        return min(self.first, self.last) >= WHOLE_SHARE * max(self.first, self.last, 1)

    @property
    def lacks(self) -> str | None:
        """Return which fragments are missing here: later, first, or None."""
        for which, more, less in (("later", self.first, self.last), ("first", self.last, self.first)):
            if more - less >= LEAST and less <= MOST_SHARE * more:
                return which
        return None


def find(case: Case) -> Iterator[Fact]:
    """Yield a fact for each stream of datagrams of which only some fragments pass."""
    pieces = _pieces(case)
    if pieces.is_empty():
        return
    for _, stream in pieces.sort("stream", "file", "frame1").group_by("stream", maintain_order=True):
        first = stream.filter(pl.col("part") == "first")
        ends = _ends(case, first.row(0, named=True))
        counts = _counts(case, stream, ends)
        at = _where(counts)
        if at is not None and _is_sure(case, counts[at:], first):
            yield _fact(case, stream, counts[at - 1], counts[at])


def _pieces(case: Case) -> pl.DataFrame:
    """Return the variants of first and last fragments, with part, outer and stream (a number)."""
    variants = case.network.variants
    if variants.is_empty():
        return variants
    fragments = variants.filter(
        pl.col("point").is_not_null() & (_piece("inner.").is_not_null() | _piece("").is_not_null())
    )
    if fragments.is_empty():
        return fragments
    tunnel = pl.col("stack").str.count_matches(r"\bip(v6)?\b") > 1
    outer = tunnel & (_piece("") == "first") & (pl.col("form") != "plain")
    inner = fragments.filter(_piece("inner.").is_not_null()).with_columns(
        _piece("inner.").alias("part"), pl.lit(value=False).alias("outer")
    )
    around = fragments.filter(outer).with_columns(
        pl.lit("first").alias("part"),
        pl.lit(value=True).alias("outer"),
        *(
            _outer(fragments.filter(outer), end, name)
            for end, name in (("src", "source"), ("dst", "destination"))
        ),
    )
    around = around.with_columns(
        pl.col("source").alias("source_end"), pl.col("destination").alias("destination_end")
    )
    return _streams(pl.concat([inner, around]))


def _piece(level: str) -> pl.Expr:
    """Return which part of its datagram a packet is, by its outermost or innermost IP header."""
    six = pl.col("version") == 6 if level else pl.col("ip.src").is_null()
    more = pl.when(six).then(f"{level}ipv6.fraghdr.more").otherwise(f"{level}ip.flags.mf")
    offset = pl.when(six).then(f"{level}ipv6.fraghdr.offset").otherwise(f"{level}ip.frag_offset")
    first, last = (more == 1) & (offset == 0), (more == 0) & (offset > 0)
    return pl.when(first).then(pl.lit("first")).when(last).then(pl.lit("last"))


def _outer(rows: pl.DataFrame, end: str, name: str) -> pl.Series:
    """Return the outermost address of one end as text."""
    four, six, low = rows[f"ip.{end}"], rows[f"ipv6.{end}"], rows[f"ipv6.{end}{LOW}"]
    return pl.Series(
        name,
        [
            values.ipv4_text(a) if a is not None else values.address_text(6, int(b) << 64 | int(c))
            for a, b, c in zip(four.to_list(), six.to_list(), low.to_list(), strict=True)
        ],
        pl.String,
    )


def _streams(pieces: pl.DataFrame) -> pl.DataFrame:
    """Add `stream`: fragments between the same two ends, before and after translation of the first ones."""
    first = pieces.filter(pl.col("part") == "first")
    ends = (
        first.select("source_end", "destination_end")
        .unique()
        .sort("source_end", "destination_end", nulls_last=True)
    )
    pairs = first.select(PAIR).unique().sort(PAIR, nulls_last=True)
    numbers = {
        pair: number for number, pair in enumerate([*pairs.rows(), *(("end", *row) for row in ends.rows())])
    }
    links = first.select(*PAIR, "source_end", "destination_end").unique(maintain_order=True).rows()
    found = groups((numbers[a, b], numbers["end", c, d]) for a, b, c, d in links)
    known = pairs.with_columns(pl.Series("stream", [found[numbers[pair]] for pair in pairs.rows()], pl.Int64))
    return pieces.join(known, on=PAIR, how="inner", nulls_equal=True)


def _ends(case: Case, row: dict[str, Any]) -> _Ends:
    if row["outer"]:
        return _Ends(*(word for name in PAIR for word in (case.network.owners.node_of(row[name]), None)))
    way = case.directions[row["direction"]]
    return _Ends(*(way[f"{end}_{what}"] for end in PAIR for what in ("node", "name")))


def _counts(case: Case, stream: pl.DataFrame, ends: _Ends) -> list[_Count]:
    """Return what the points of both nodes saw, in the order in which datagrams pass them."""
    part = pl.col("part")
    counted = stream.group_by("point").agg(
        pl.col("packets").filter(part == "first").sum().alias("first"),
        pl.col("packets").filter(part == "last").sum().alias("last"),
    )
    at: dict[int, list[tuple[int, int, int]]] = {}
    for row in counted.sort("point").iter_rows():
        place = _place(case.point(row[0]), ends)
        if place is not None:
            at.setdefault(place, []).append(row)
    return [
        _Count(tuple(row[0] for row in rows), sum(row[1] for row in rows), sum(row[2] for row in rows))
        for _, rows in sorted(at.items())
    ]


def _place(point: CapturePoint, ends: _Ends) -> int | None:
    """Return where a point stands on the way from one end to the other; None if it is not on it."""
    if point.node is None or point.role not in INWARDS:
        return None
    depth = INWARDS.index(point.role)
    leaving, arriving = (point.node == node for node in (ends.source_node, ends.destination_node))
    if leaving and arriving:  # both pods are on one node
        if point.pod is None:
            return MIDDLE
        leaving, arriving = point.pod == ends.source_pod, point.pod == ends.destination_pod
    if leaving:
        return depth
    return 2 * MIDDLE - depth if arriving else None


def _where(counts: Sequence[_Count]) -> int | None:
    """Return the first place from which on some fragments are missing, None if none are."""
    lacking = [count.lacks for count in counts]
    for at in range(1, len(counts)):
        if counts[at - 1].is_whole and lacking[at] and set(lacking[at:]) == {lacking[at]}:
            return at
    return None


def _is_sure(case: Case, behind: Sequence[_Count], first: pl.DataFrame) -> bool:
    """Whether the captures behind a place would show the missing fragments if they came by."""
    points = [at for count in behind for at in count.points]
    seen = case.network.variants.filter(pl.col("point").is_in(points))
    others = seen.filter(~pl.col("kind").is_in([*first["kind"].unique().to_list(), "fragment"]))
    if others["point"].n_unique() < len(points):
        return False
    if behind[0].lacks == "first":  # so large packets pass: it is no matter of the MTU
        largest = first.select((pl.col("bytes") / pl.col("packets")).max()).item()
        large = seen.filter(pl.col("bytes") / pl.col("packets") >= AS_LARGE * largest)
        large = large.filter(_piece("inner.").is_null() & _piece("").is_null())
        if large.is_empty():
            return False
    last = case.point(behind[-1].points[0])
    node = case.network.topology.nodes.get(last.node or "")
    return last.role not in WIRE or node is None or len(node.of_role(last.role)) <= len(behind[-1].points)


def _fact(case: Case, stream: pl.DataFrame, before: _Count, behind: _Count) -> Fact:
    here, there = case.point(before.points[0]), case.point(behind.points[0])
    row = stream.filter(pl.col("part") == "first").row(0, named=True)
    later = behind.lacks == "later"
    sent, came = (before.last, behind.last) if later else (before.first, behind.first)
    lost = max(sent - came, abs(behind.first - behind.last))
    which = "later" if later else "first"
    return Fact(
        evidence="fragments",
        says=f"{min(lost, sent)} of {sent} {which} fragments are lost between {here.text} and {there.text}, "
        f"while the {'first' if later else 'later'} ones pass",
        flows=frozenset(stream["flow"].drop_nulls().to_list()),
        frames=_frames(case, stream, before, behind),
        packets=lost,
        about={
            **_places(case, row, here, there),
            "which": which,
            "others": "first" if later else "later",
            "lost": min(lost, sent),
            "sent": sent,
            "all": came == 0,
            "offset": _offset(stream),
            "outer": row["outer"],
            "family": row["version"],
        },
        filter="ip.flags.mf == 1 || ip.frag_offset > 0" if ":" not in row["source"] else "ipv6.fraghdr",
    )


def _places(case: Case, row: dict[str, Any], here: CapturePoint, there: CapturePoint) -> dict[str, Word]:
    ends = _ends(case, row)
    return {
        **case.ends(row["direction"]),
        "sender": ends.source_node,
        "receiver": ends.destination_node,
        "from_hop": here.text,
        "to_hop": there.text,
        "from_role": str(here.role),
        "to_role": str(there.role),
        "from_node": here.node,
        "to_node": there.node,
        "node": here.node,
        "interface": here.interface,
        "in_pod": here.inside,
        "pod": there.pod or here.pod,
        "toward": there.interface if here.node == there.node and there.role != Role.POD else here.interface,
        "across": here.node != there.node,
    }


def _offset(stream: pl.DataFrame) -> int | None:
    """Return where the last fragments of most datagrams begin, in bytes."""
    last = stream.filter(pl.col("part") == "last").sort("packets", "frame1", descending=True)
    if last.is_empty():
        return None
    row = last.row(0, named=True)
    name = "inner.ipv6.fraghdr.offset" if row["version"] == 6 else "inner.ip.frag_offset"
    return int(row[name]) * UNIT


def _frames(case: Case, stream: pl.DataFrame, before: _Count, behind: _Count) -> Any:
    """Return both fragments where they were seen last, and the one that comes alone."""
    at = [stream.filter(pl.col("point").is_in(count.points)) for count in (before, behind)]
    return (*case.frames(at[0])[:3], *case.frames(at[1])[:2])
