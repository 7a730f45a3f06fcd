"""What a conversation still waits for when its capture ends.

A flow that was answered once may fail later: data is sent again and again without an acknowledgement, echoes
are sent on without replies. This finds, for each direction, the last requests that nothing answered. TCP
acknowledges all bytes before a number (RFC 9293, 3.4), an echo reply repeats the number of its request
(RFC 792); of datagrams, those count that were sent after the last answer.
"""

from typing import Final

import polars as pl

from pcapcheck.collect.identity import ACK, RST, SYN
from pcapcheck.correlate.conversationschemas import PENDING_SCHEMA
from pcapcheck.correlate.network import Network
from pcapcheck.decode.stack import SCTP_ABORT, SCTP_INIT

BUCKET: Final = 100_000_000  # ns: sightings of one packet at one point lie closer together
PROBE: Final = 1  # bytes that keep-alives and probes of a closed window carry at most (RFC 9293, 3.8.6.1)
NUMBERS: Final = 1 << 32
AT_A_POINT: Final = ("flow", "direction", "point")


def pending(located: pl.DataFrame, network: Network) -> pl.DataFrame:
    """Return the requests without an answer of one partition: `PENDING_SCHEMA`, a row for each direction.

    Args:
        located: sightings with direction, point, aligned time and identity (`follow.located`).
        network: its directions.
    """
    ends = network.directions.select("direction", "flow", "client", "reverse")
    trusted = pl.col("point").is_not_null() & ~pl.col("point").is_in(list(network.selective))
    seen = located.filter(trusted).join(ends, on="direction", how="inner")
    parts = {
        "opening": _openings(seen),
        "data": _segments(seen.filter(pl.col("kind") == "tcp")),
        "echo": _echoes(seen),
        "datagram": _datagrams(seen),
    }
    named = (part.with_columns(pl.lit(what).alias("what")) for what, part in parts.items())
    return pl.concat(map(PENDING_SCHEMA.of, named))


def _longest(rows: pl.DataFrame, item: str) -> pl.DataFrame:
    """Return a row for each direction: items, copies of one item, and when they were sent."""
    bucket = (pl.col("time") // BUCKET).n_unique()
    each = rows.group_by(*AT_A_POINT, "client", item).agg(
        bucket.cast(pl.Int64).alias("copies"),
        pl.col("time").min().alias("since"),
        pl.col("time").max().alias("until"),
    )
    at = each.group_by(*AT_A_POINT, "client").agg(
        pl.len().cast(pl.Int64).alias("items"),
        pl.col("copies").max(),
        pl.col("since").min(),
        pl.col("until").max(),
    )
    order = ["flow", "direction", "copies", "items", "point"]
    best = at.sort(order, descending=[False, False, True, True, False])
    return best.unique("direction", keep="first", maintain_order=True)


def _openings(seen: pl.DataFrame) -> pl.DataFrame:
    """Return the SYNs and INITs after the last packet of the other side, other than its refusals."""
    syn = (pl.col("kind") == "tcp") & ((pl.col("flags") & (SYN | ACK)) == SYN)
    init = (pl.col("kind") == "sctp") & (pl.col("flags") == SCTP_INIT)
    opening = seen.filter(syn | init)
    if opening.is_empty():
        return _longest(opening, "key")
    tcp = pl.col("kind") == "tcp"
    refusal = pl.when(tcp).then(pl.col("flags") & RST != 0).otherwise(pl.col("flags") == SCTP_ABORT)
    others = seen.filter(pl.col("kind").is_in(["tcp", "sctp"]) & ~refusal).select(
        pl.col("reverse").alias("direction"), "time"
    )
    last = others.drop_nulls().group_by("direction").agg(pl.col("time").max().alias("served"))
    later = opening.join(last, on="direction", how="left")
    later = later.filter(pl.col("served").is_null() | (pl.col("time") > pl.col("served")))
    return _longest(later.with_columns(pl.lit(0).alias("any")), "any")


def _segments(tcp: pl.DataFrame) -> pl.DataFrame:
    """Return the TCP data that was never acknowledged."""
    opening = tcp.filter((pl.col("flags") & (SYN | ACK)) == SYN)
    began = opening.group_by("flow").agg(pl.col("time").max().alias("began"))
    current = tcp.join(began, on="flow", how="left").filter(
        pl.col("began").is_null() | (pl.col("time") >= pl.col("began"))
    )
    data = current.filter(pl.col("length") > PROBE)
    base = data.group_by("direction").agg(pl.col("start").sort_by("time").first().alias("base"))
    acks = current.drop_nulls("acked").select(pl.col("reverse").alias("direction"), "acked")
    acks = acks.drop_nulls("direction").join(base, on="direction")
    reached = acks.group_by("direction").agg(_after("acked").max().alias("reached"))
    data = data.join(base, on="direction").join(reached, on="direction", how="left")
    beyond = (_after("start") + pl.col("length")) > pl.col("reached").fill_null(-NUMBERS)
    return _longest(data.filter(beyond), "start")


def _after(column: str) -> pl.Expr:
    """Return how far a sequence number lies behind the first one, negative if it lies before it."""
    return (pl.col(column) - pl.col("base") + NUMBERS // 2) % NUMBERS - NUMBERS // 2


def _echoes(seen: pl.DataFrame) -> pl.DataFrame:
    """Return the echo requests after the last one that had a reply."""
    echoes = seen.filter(pl.col("kind") == "echo")
    replied = echoes.filter(~pl.col("is_request")).select("flow", "question").unique()
    asked = echoes.filter("is_request")
    served = asked.join(replied, on=["flow", "question"], how="semi")
    last = served.group_by("flow").agg(pl.col("time").max().alias("served"))
    later = asked.join(replied, on=["flow", "question"], how="anti").join(last, on="flow", how="left")
    later = later.filter(pl.col("served").is_null() | (pl.col("time") > pl.col("served")))
    return _longest(later, "question")


def _datagrams(seen: pl.DataFrame) -> pl.DataFrame:
    """Return the client's datagrams after the last one from the server."""
    datagrams = seen.filter(pl.col("kind") == "udp")
    last = datagrams.filter(~pl.col("client")).group_by("flow").agg(pl.col("time").max().alias("served"))
    later = datagrams.filter("client").join(last, on="flow", how="left")
    later = later.filter(pl.col("served").is_null() | (pl.col("time") > pl.col("served")))
    return _longest(later, "content")
