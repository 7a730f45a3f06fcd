"""Addresses that somebody asks for with ARP or neighbour discovery, again and again, and nobody has."""

from typing import Final

import polars as pl

from pcapcheck.correlate.network import Network

ASKING: Final = (1, 135)  # ARP, RFC 826; neighbour solicitation, RFC 4861
ANSWERING: Final = (2, 136)
QUESTIONS: Final = (
    3  # the kernel asks three times, a second apart: net.ipv4.neigh.*.mcast_solicit, retrans_time_ms
)
LASTING: Final = 1_000_000_000  # ns between the first and the last


def unresolved(network: Network) -> pl.DataFrame:
    """Return asker, target and tries (at one point) of all questions that no capture shows an answer to."""
    variants = network.variants
    empty = pl.DataFrame(schema={"asker": pl.String, "target": pl.String, "tries": pl.Int64})
    if variants.is_empty():
        return empty
    said = variants.filter(pl.col("kind").is_in(["arp", "nd"]))
    asked = said.filter(pl.col("source_port").is_in(ASKING), pl.col("source") != pl.col("destination"))
    answers = said.filter(pl.col("source_port").is_in(ANSWERING))
    known = pl.concat([answers["source"], answers.filter(pl.col("kind") == "nd")["destination"]]).drop_nulls()
    tried = asked.group_by("source", "destination", "file", "interface", maintain_order=True).agg(
        pl.col("packets").sum().alias("tries"), (pl.col("last").max() - pl.col("first").min()).alias("for")
    )
    often = tried.filter((pl.col("tries") >= QUESTIONS) & (pl.col("for") >= LASTING))
    open_ = often.filter(~pl.col("destination").is_in(known.implode()))
    named = open_.rename({"source": "asker", "destination": "target"}).select("asker", "target", "tries")
    return named.unique(["asker", "target"], keep="first", maintain_order=True) if len(named) else empty
