"""Requests and answers of every flow, counted at each capture point.

Which packet asks and which answers depends on the protocol: a SYN and a SYN-ACK (RFC 9293, 3.5), an echo
request and its reply (RFC 792, RFC 4443), an INIT and an INIT ACK (RFC 9260, 5.1). Of UDP only the direction
tells them apart. Variants hold all of that, so no single packet is looked at.
"""

from typing import Final

import polars as pl

from pcapcheck.correlate.flowlist import INTERFACES
from pcapcheck.correlate.network import Network
from pcapcheck.decode.stack import SCTP_ABORT, SCTP_INIT, SCTP_INIT_ACK

ASK, ANSWER, RESET, FURTHER = "ask", "answer", "reset", "further"
CONVERSATIONS: Final = ("tcp", "udp", "echo", "sctp", "dhcp")
SOCKETS: Final = ("kind", "source", "source_port", "destination", "destination_port")
MIRRORED: Final = ("kind", "destination", "destination_port", "source", "source_port")


def exchanges(network: Network) -> pl.DataFrame:
    """Return what was said in each flow, at each place, with each pair of sockets.

    Columns: flow, client, SOCKETS, place, point, what (ask, answer, reset, further), packets, first and last
    (ns, clocks aligned), step, variant (the first of them).
    A file that is bound to no point is a place of its own.
    """
    unbound = -1 - pl.col("file") * INTERFACES - pl.col("interface").cast(pl.Int64)
    said = network.variants.filter(
        pl.col("flow").is_not_null()
        & pl.col("kind").is_in(CONVERSATIONS)
        & pl.col("whole")
        & ~pl.col("point").is_in(list(network.selective)).fill_null(value=False)
    )
    offset = network.of_point("ahead").fill_null(0)
    named = said.with_columns(
        _what(said.columns).alias("what"),
        pl.coalesce("point", unbound).alias("place"),
        pl.col("first") - offset,
        pl.col("last") - offset,
    )
    return (
        named.sort("first")
        .group_by("flow", "client", *SOCKETS, "place", "point", "what", maintain_order=True)
        .agg(
            pl.col("packets").sum(),
            pl.col("first").min(),
            pl.col("last").max(),
            pl.col("step").min(),
            pl.col("variant").first(),
        )
    )


def _what(columns: list[str]) -> pl.Expr:
    """Return what a variant is in its conversation."""
    syn, ack, reset = (_flag(columns, f"inner.tcp.flags.{name}") == 1 for name in ("syn", "ack", "reset"))
    chunk = _flag(columns, "inner.sctp.chunk_type")
    kind = pl.col("kind")
    tcp = (
        pl.when(reset)
        .then(pl.lit(RESET))
        .when(syn & ~ack)
        .then(pl.lit(ASK))
        .when(syn)
        .then(pl.lit(ANSWER))
        .otherwise(pl.lit(FURTHER))
    )
    words = pl.DataFrame({"chunk": [SCTP_INIT, SCTP_INIT_ACK, SCTP_ABORT], "word": [ASK, ANSWER, RESET]})
    sctp = chunk.replace_strict(words["chunk"], words["word"], default=FURTHER, return_dtype=pl.String)
    asks = pl.when(kind == "echo").then(_request(columns)).otherwise("client")
    other = pl.when(asks).then(pl.lit(ASK)).otherwise(pl.lit(ANSWER))
    return pl.when(kind == "tcp").then(tcp).when(kind == "sctp").then(sctp).otherwise(other)


def _request(columns: list[str]) -> pl.Expr:
    """Return whether an echo is a request."""
    return (_flag(columns, "inner.icmp.type") == 8) | (_flag(columns, "inner.icmpv6.type") == 128)


def _flag(columns: list[str], name: str) -> pl.Expr:
    """Return a field as a number, 0 where it is absent or was not read."""
    return pl.col(name).cast(pl.Int64).fill_null(0) if name in columns else pl.lit(0, pl.Int64)
