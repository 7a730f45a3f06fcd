"""Two queries leave one socket at once; one is lost inside the client's node, and sent again later.

Both create the same connection-tracking entry, so the second one is dropped when its address is translated.

`about`: node, interface, sender, receiver, from_hop, to_hop, retry (seconds), lost.
"""

from collections.abc import Iterator
from typing import Final

import polars as pl

from pcapcheck.diagnose.case import Case
from pcapcheck.diagnose.fact import Fact
from pcapcheck.diagnose.losses import Pair, told

AT_ONCE: Final = 20_000_000  # ns between the two queries, at a busy bridge; a retry takes a second
LATER: Final = 900_000_000  # ns until the retry: resolvers wait 1 s or more, glibc 5 s
DNS: Final = 53


def find(case: Case) -> Iterator[Fact]:
    """Yield a fact for each pair of points inside a node that lost one of two queries."""
    ports = case.network.variants
    if "destination_port" not in ports.columns:
        return
    dns = ports.filter((pl.col("kind") == "udp") & (pl.col("destination_port") == DNS))["direction"].unique()
    for pair in told(case):
        if case.point(pair.point).node == case.point(pair.next_point).node:
            raced = _raced(case, pair, dns)
            if len(raced):
                yield _fact(case, pair, raced)


def _raced(case: Case, pair: Pair, dns: pl.Series) -> pl.DataFrame:
    """Return the lost queries that had a delivered neighbour and a retry, seen at any hop."""
    rows = pair.rows.filter((pl.col("kind") == "udp") & pl.col("direction").is_in(dns.implode()))
    lost = rows.filter((pl.col("fate") == "lost") & pl.col("felt"))
    others = rows.select("direction", pl.col("time").alias("other"), pl.col("fate").alias("other_fate"))
    near = lost.join(others, on="direction").filter((pl.col("other") - pl.col("time")).abs() <= AT_ONCE)
    delivered = near.filter(pl.col("other_fate") == "").select("direction", "frame").unique()
    after = (pl.col("again") - pl.col("time")).alias("after")
    again = lost.join(_times(case, lost), on="direction").select("direction", "frame", after)
    retried = again.filter(pl.col("after") > LATER).group_by("direction", "frame").agg(pl.col("after").min())
    return lost.join(delivered, on=["direction", "frame"]).join(retried, on=["direction", "frame"])


def _times(case: Case, lost: pl.DataFrame) -> pl.DataFrame:
    """Return when each hop first and last saw a direction, by aligned clocks: direction, again."""
    seen = case.network.variants.join(lost, on="direction", how="semi").drop_nulls("point")
    offset = case.network.of_point("ahead")
    both = [
        seen.select("direction", (pl.col(end).cast(pl.Int64) - offset).alias("again"))
        for end in ("first", "last")
    ]
    return pl.concat(both).unique()


def _fact(case: Case, pair: Pair, raced: pl.DataFrame) -> Fact:
    here, there = case.point(pair.point), case.point(pair.next_point)
    retry = round(int(raced["after"].min() or 0) / 1e9, 2)  # type: ignore[arg-type]  # a column of integers
    proof = raced.sort("file", "frame").select(
        "file", *(pl.col("frame").alias(f"frame{k}") for k in (1, 2, 3, 4, 5))
    )
    return Fact(
        evidence="queries_raced",
        says=f"one of two simultaneous queries is lost after {here.text}; sent again after {retry} s",
        flows=frozenset(raced["flow"].to_list()),
        frames=case.frames(proof),
        packets=max(2, len(raced)),
        about={
            **case.ends(int(raced["direction"][0])),
            "node": here.node,
            "interface": here.interface,
            "in_pod": here.inside,
            "from_hop": here.text,
            "to_hop": there.text,
            "retry": retry,
            "lost": len(raced),
        },
        filter="dns",
    )
