"""ICMP errors, each with the flow of the packet that it quotes.

Types and codes: RFC 792, RFC 1122 section 3.2.2.1, RFC 4443. NAT translates the quoted packet together with
the error, so its addresses are those of the point where the error was seen.
"""

import ipaddress
from typing import Final

import polars as pl

from pcapcheck.collect.variants import LOW
from pcapcheck.correlate.addresses import TUPLE
from pcapcheck.diagnose.case import Case

TOO_BIG: Final = "too big"
TIME_EXCEEDED: Final = "time exceeded"
PORT: Final = "port unreachable"
UNREACHABLE: Final = {
    0: "net unreachable",
    1: "host unreachable",
    2: "protocol unreachable",
    3: PORT,
    4: TOO_BIG,
    9: "prohibited",
    10: "prohibited",
    13: "prohibited",
}
UNREACHABLE6: Final = {0: "net unreachable", 1: "prohibited", 3: "host unreachable", 4: PORT, 5: "prohibited"}
PROTOCOLS: Final = {6: "tcp", 17: "udp", 1: "echo", 58: "echo", 47: "gre"}
LAST: Final = ("point", "file", "frame1")


def quotes(case: Case) -> pl.DataFrame:
    """Return the ICMP errors at capture points, one row per variant.

    The columns besides those of variants: says (what the error says), mtu, quoted_source, quoted_destination,
    quoted_kind, quoted_source_port, quoted_destination_port (of the outermost quoted packet), and of the flow
    that they belong to: quoted_direction, quoted_flow; null if that flow was not captured.
    """
    errors = case.variants("icmp-error")
    if errors.is_empty():
        return errors
    told = errors.with_columns(
        _says().alias("says"),
        pl.coalesce(_number(errors, "icmp.mtu"), _number(errors, "icmpv6.mtu")).alias("mtu"),
        _quoted(errors, "src").alias("quoted_source"),
        _quoted(errors, "dst").alias("quoted_destination"),
        _number(errors, "quoted.ip.proto")
        .fill_null(_number(errors, "quoted.ipv6.nxt"))
        .replace_strict(PROTOCOLS, default="other", return_dtype=pl.String)
        .alias("quoted_kind"),
    )
    told = told.with_columns(
        _port(told, "src").alias("quoted_source_port"), _port(told, "dst").alias("quoted_destination_port")
    )
    known = case.network.variants.select(
        *(pl.col(name).alias(f"quoted_{name}") for name in TUPLE),
        pl.col("direction").alias("quoted_direction"),
        pl.col("flow").alias("quoted_flow"),
    ).unique([f"quoted_{name}" for name in TUPLE], keep="first", maintain_order=True)
    return told.join(known, on=[f"quoted_{name}" for name in TUPLE], how="left", maintain_order="left")


def _says() -> pl.Expr:
    """Return what the error says, "" if it is of no interest here."""

    def word(column: str, words: dict[int, str]) -> pl.Expr:
        return pl.col(column).cast(pl.Int64).replace_strict(words, default="", return_dtype=pl.String)

    four, six = pl.col("inner.icmp.type"), pl.col("inner.icmpv6.type")
    return (
        pl.when(four == 3)
        .then(word("inner.icmp.code", UNREACHABLE))
        .when(six == 1)
        .then(word("inner.icmpv6.code", UNREACHABLE6))
        .when(six == 2)
        .then(pl.lit(TOO_BIG))
        .when((four == 11) | (six == 3))
        .then(pl.lit(TIME_EXCEEDED))
        .otherwise(pl.lit(""))
    )


def _number(frame: pl.DataFrame, name: str) -> pl.Expr:
    """Return a column of numbers, null where the field was not read."""
    return pl.col(name).cast(pl.Int64) if name in frame.columns else pl.lit(None, pl.Int64)


def _port(told: pl.DataFrame, end: str) -> pl.Expr:
    """Return the quoted port of one end; an echo has its identifier as both ports."""
    kind = pl.col("quoted_kind")
    return (
        pl.when(kind == "tcp")
        .then(_number(told, f"quoted.tcp.{end}port"))
        .when(kind == "udp")
        .then(_number(told, f"quoted.udp.{end}port"))
        .when(kind == "echo")
        .then(_number(told, "quoted.icmp.ident"))
        .fill_null(0)
    )


def _quoted(errors: pl.DataFrame, end: str) -> pl.Series:
    """Return the quoted address of one end as text."""
    four = errors[f"quoted.ip.{end}"].to_list()
    name = f"quoted.ipv6.{end}"
    high = errors[name].to_list() if name in errors.columns else [None] * len(four)
    low = errors[name + LOW].to_list() if name in errors.columns else high
    texts = [
        str(ipaddress.IPv4Address(address))
        if address is not None
        else str(ipaddress.IPv6Address(a << 64 | b))
        if a is not None and b is not None
        else None
        for address, a, b in zip(four, high, low, strict=True)
    ]
    return pl.Series(texts, dtype=pl.String)
