"""Variants -> what each vantage point saw, who is nearer to whom, and which packets were translated.

Takes variants with their vantage points, and fingerprints of their packets; gives plain data for
`infer.infer`. It does not know what the vantage points are.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import polars as pl

from pcapcheck.bind.any_capture import OUTGOING
from pcapcheck.bind.vantagepoint import Nearer, TrafficSeen, Translation
from pcapcheck.collect.variants import LOW
from pcapcheck.correlate.addresses import TUPLE, numbered
from pcapcheck.correlate.nat import CROWD, TOGETHER
from pcapcheck.decode.stack import IP, PORTED
from pcapcheck.decode.tunnels import ID_FIELDS
from pcapcheck.documents import values

MAX_TRAFFIC_KINDS: Final = 4_000  # of one vantage point: a guess goes one by one, and needs no more
MAX_EXCHANGES: Final = 2_000  # tuples by which vantage points are compared
EXCHANGE_PACKETS: Final = 8  # packets of each exchange that are compared
NEIGHBOUR_SOLICITATION: Final = 135  # RFC 4861, 4.3: its source says its own address, else the target does


def seen_by_vantage(variants: pl.DataFrame) -> dict[int, tuple[TrafficSeen, ...]]:
    """Return the traffic that each vantage point saw.

    Args:
        variants: as `correlate.addresses` gives them, with `vantage`, an int64 column, null where they are of
            no vantage point.
    """
    rows = variants.filter(pl.col("vantage").is_not_null())
    if rows.is_empty():
        return {}
    told = rows.select("vantage", "packets", "first", **_columns(rows))
    keys = [name for name in told.columns if name not in ("packets", "first")]
    counted = told.group_by(keys, maintain_order=True).agg(pl.col("packets").sum(), pl.col("first").min())
    most = counted.sort("packets", descending=True, maintain_order=True)
    some = most.filter(pl.int_range(pl.len()).over("vantage") < MAX_TRAFFIC_KINDS)
    found: dict[int, list[TrafficSeen]] = {}
    for row in some.iter_rows(named=True):
        found.setdefault(row["vantage"], []).append(_seen(row))
    return {vantage: tuple(each) for vantage, each in found.items()}


def _over_ipv6(rows: pl.DataFrame) -> pl.Expr:
    """Return whether the outermost IP header is IPv6; `ip.src` is then a header further inside."""
    stacks = rows["stack"].unique().to_list()
    six = {stack: next((word for word in stack.split(":") if word in IP), "") == IP[1] for stack in stacks}
    return pl.col("stack").replace_strict(six, default=False, return_dtype=pl.Boolean)


def _columns(rows: pl.DataFrame) -> dict[str, pl.Expr]:
    """Return the expressions that read a variant, by the names that `_seen` uses."""
    plain = pl.col("form") == "plain"
    asks = pl.col("source_port") == NEIGHBOUR_SOLICITATION
    numbers = [_field(rows, name) for name in ID_FIELDS]
    six = _over_ipv6(rows)
    outer = [
        pl.when(~plain & (six if name.startswith("ipv6") else ~six)).then(_field(rows, name + part))
        for name in ("ip.src", "ip.dst", "ipv6.src", "ipv6.dst")
        for part in (("", LOW) if name.startswith("ipv6") else ("",))
    ]
    return {
        "form": pl.col("form"),
        "kind": pl.col("kind"),
        "type": _field(rows, "sll.pkttype"),
        "tag": _field(rows, "vlan.id"),
        "mac_from": pl.coalesce(_field(rows, "eth.src"), _field(rows, "sll.src.eth")),
        "mac_to": _field(rows, "eth.dst"),
        "inner_from": pl.when(~plain).then(_field(rows, "inner.eth.src")),
        "inner_to": pl.when(~plain).then(_field(rows, "inner.eth.dst")),
        **dict(zip(OUTER_COLUMNS, outer, strict=True)),
        "source": pl.col("source"),
        "destination": pl.col("destination"),
        "claimant": pl.when(pl.col("kind") == "arp").then(_claimed_mac(rows)),
        "asks": pl.when(pl.col("kind") == "nd").then(asks),
        "ttl": pl.when(six).then(_field(rows, "ipv6.hlim")).otherwise(_field(rows, "ip.ttl")),
        "inner_ttl": pl.coalesce(_field(rows, "inner.ip.ttl"), _field(rows, "inner.ipv6.hlim")),
        "number": pl.when(~plain).then(pl.coalesce(*numbers)),
        "port": pl.when(~plain).then(_field(rows, "udp.dstport")),
        "quoted": pl.when(_refuses(rows)).then(_field(rows, "quoted.ip.dst")),
    }


OUTER_COLUMNS: Final = ("four_from", "four_to", "six_from", "six_from~", "six_to", "six_to~")


def _claimed_mac(rows: pl.DataFrame) -> pl.Expr:
    """Return the MAC that ARP names for its sender; in text, where it is not printed, the frame's."""
    named = ("arp.src.hw_mac", "eth.src", "sll.src.eth")
    return pl.coalesce(*(_field(rows, name) for name in named))


def _refuses(rows: pl.DataFrame) -> pl.Expr:
    """Return whether a packet is the error "port unreachable" (RFC 792: 3/3)."""
    error = pl.col("kind") == "icmp-error"
    return error & (_field(rows, "inner.icmp.type") == 3) & (_field(rows, "inner.icmp.code") == 3)


def _field(rows: pl.DataFrame, name: str) -> pl.Expr:
    return pl.col(name) if name in rows.columns else pl.lit(None, pl.UInt64)


def _seen(row: dict[str, Any]) -> TrafficSeen:
    claim, claimant = _claim(row)
    return TrafficSeen(
        packets=row["packets"],
        form=row["form"],
        kind=row["kind"],
        out=None if row["type"] is None else row["type"] == OUTGOING,
        tag=row["tag"],
        mac_from=_mac(row["mac_from"]),
        mac_to=_mac(row["mac_to"]),
        inner_from=_mac(row["inner_from"]),
        inner_to=_mac(row["inner_to"]),
        outer_from=_address(row, "from"),
        outer_to=_address(row, "to"),
        source=row["source"],
        destination=row["destination"],
        claim=claim,
        claim_mac=claimant,
        ttl=row["ttl"],
        inner_ttl=row["inner_ttl"],
        number=row["number"],
        port=row["port"],
        quoted=None if row["quoted"] is None else values.ipv4_text(row["quoted"]),
        first=row["first"],
    )


def _mac(number: int | None) -> str | None:
    return None if number is None or number >> 48 else values.mac_text(number)


def _address(row: dict[str, Any], end: str) -> str | None:
    """Return the outermost address of one end of a tunnel."""
    if row[f"four_{end}"] is not None:
        return values.ipv4_text(row[f"four_{end}"])
    if row[f"six_{end}"] is not None:
        return values.ipv6_text(row[f"six_{end}"] << 64 | row[f"six_{end}~"])
    return None


def _claim(row: dict[str, Any]) -> tuple[str | None, str | None]:
    """Return the address that a packet claims for its sender, and the MAC that goes with it."""
    if row["form"] != "plain":
        return None, None
    if row["kind"] == "arp" and row["claimant"] is not None and row["source"] not in (None, "0.0.0.0"):
        return row["source"], _mac(row["claimant"])
    if row["kind"] == "nd" and row["mac_from"] is not None:
        return row["source" if row["asks"] else "destination"], _mac(row["mac_from"])
    return None, None


def nearer(variants: pl.DataFrame, keys: pl.DataFrame) -> list[Nearer]:
    """Return which of two vantage points is nearer to an address, by packets of both directions.

    Args:
        variants: as for `seen_by_vantage`.
        keys: variant, strong, time of the first packets of each variant; may be empty.
    """
    if keys.is_empty() or variants.is_empty():
        return []
    seen = _first_keys(variants, keys)
    pairs = seen.join(seen, on=["source", "destination", "strong"], suffix="_b")
    pairs = pairs.filter(pl.col("vantage") < pl.col("vantage_b"))
    ends = ["source", "destination", "vantage", "vantage_b"]
    later = (pl.col("time_b") - pl.col("time")).median()
    ways = pairs.group_by(ends).agg(later.alias("later"), pl.len().alias("count"))
    back = ways.rename({"source": "destination", "destination": "source"})
    both = ways.join(back, on=ends, suffix="_back").filter(pl.col("source") < pl.col("destination"))
    gap = (pl.col("later") - pl.col("later_back")).cast(pl.Int64)
    count = pl.min_horizontal("count", "count_back")
    return [Nearer(*row) for row in both.select(*ends, gap, count).sort(ends).iter_rows()]


def _first_keys(variants: pl.DataFrame, keys: pl.DataFrame) -> pl.DataFrame:
    """Return when each vantage point first saw some packets of the busiest pairs of addresses."""
    ends = ["source", "destination"]
    known = variants.filter(pl.col("vantage").is_not_null() & pl.col("source").is_not_null())
    busiest = known.group_by(ends).agg(pl.col("packets").sum()).sort("packets", *ends, descending=True)
    some = known.join(busiest.head(MAX_EXCHANGES), on=ends, how="semi").select("variant", "vantage", *ends)
    seen = keys.join(some, on="variant").group_by("vantage", *ends, "strong").agg(pl.col("time").min())
    order = seen.sort("vantage", *ends, "strong")
    return order.filter(pl.int_range(pl.len()).over("vantage", *ends) < EXCHANGE_PACKETS * EXCHANGE_PACKETS)


def translations(variants: pl.DataFrame, keys: pl.DataFrame) -> list[Translation]:
    """Return both address tuples of each packet that was seen with two, which is a translation."""
    if keys.is_empty() or variants.is_empty():
        return []
    told, tuples = numbered(variants)
    known = told.select("variant", "tuple")
    seen = keys.join(known, on="variant").group_by("strong", "tuple").agg(pl.col("time").min())
    shared = seen.filter(pl.len().over("strong").is_between(2, CROWD))
    pairs = shared.join(shared, on="strong", suffix="_b").filter(
        (pl.col("tuple") < pl.col("tuple_b")) & ((pl.col("time") - pl.col("time_b")).abs() <= TOGETHER)
    )
    both = pairs.select("tuple", "tuple_b").unique().sort("tuple", "tuple_b")
    joined = both.join(tuples, on="tuple").join(tuples, left_on="tuple_b", right_on="tuple", suffix="_b")
    return list(_told(joined.filter(pl.col("kind").is_in(PORTED))))


def _told(joined: pl.DataFrame) -> Iterator[Translation]:
    for row in joined.sort("tuple", "tuple_b").iter_rows(named=True):
        ends: Sequence[str] = TUPLE[1:]
        yield Translation(row["kind"], *(row[name] for name in ends), *(row[f"{name}_b"] for name in ends))
