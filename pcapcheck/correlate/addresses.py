"""Directed address tuples: who sends what kind of packet to whom, by the innermost headers.

It takes the variants of all captures, adds the kind of packet, addresses as text and ports, and numbers the
distinct tuples. It does not know the topology.
"""

import ipaddress
from collections.abc import Mapping
from typing import Final

import polars as pl

from pcapcheck.decode.stack import ECHO, ERRORS, ND, innermost

TUPLE: Final = ("kind", "source", "source_port", "destination", "destination_port")


def addressed(variants: pl.DataFrame) -> pl.DataFrame:
    """Return the variants with kind, source, destination, source_port and destination_port.

    Addresses are text, and null without IP or ARP; a port is 0 where the protocol has none.
    """
    inner = {stack: innermost(stack) for stack in variants["stack"].unique().to_list()}
    transports = {stack: headers.transport for stack, headers in inner.items()}
    versions = {stack: headers.version for stack, headers in inner.items()}
    named = variants.with_columns(
        pl.col("stack").replace_strict(transports, default="", return_dtype=pl.String).alias("transport"),
        pl.col("stack").replace_strict(versions, default=0, return_dtype=pl.Int64).alias("version"),
    )
    named = named.with_columns(_kind().alias("kind"))
    source, destination = _address(named, "src"), _address(named, "dst")
    named = named.with_columns(source.alias("source"), destination.alias("destination"))
    target = _target(named)
    return named.with_columns(
        pl.when(pl.col("kind") == "nd")
        .then(target.fill_null(destination))
        .otherwise(destination)
        .alias("destination"),
        _port("src").alias("source_port"),
        _port("dst").alias("destination_port"),
    ).drop("transport", "version")


def numbered(variants: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the variants with `tuple`, the number of their tuple, and a row for each tuple.

    Tuples are numbered in the order of their values, so that numbers depend on the input alone.
    """
    tuples = (
        variants.select(TUPLE)
        .unique()
        .sort(TUPLE, nulls_last=True)
        .with_row_index("tuple")
        .cast({"tuple": pl.Int64})
    )
    return variants.join(tuples, on=TUPLE, how="left", nulls_equal=True, maintain_order="left"), tuples


def _kind() -> pl.Expr:
    """Return tcp, udp, echo, icmp-error, arp, nd, fragment or other: one of `innermost.KINDS`."""
    transport, version = pl.col("transport"), pl.col("version")

    def is_(types: Mapping[str, tuple[int, ...]]) -> pl.Expr:
        return pl.any_horizontal(
            (transport == name) & pl.col(f"inner.{name}.type").is_in(values) for name, values in types.items()
        )

    later = pl.when(version == 6).then("inner.ipv6.fraghdr.offset").otherwise("inner.ip.frag_offset") > 0
    return (
        pl.when(transport.is_in(["tcp", "udp", "arp"]))
        .then(transport)
        .when(is_(ECHO))
        .then(pl.lit("echo"))
        .when(is_(ERRORS))
        .then(pl.lit("icmp-error"))
        .when(is_({"icmpv6": ND}))
        .then(pl.lit("nd"))
        .when((transport == "") & later)
        .then(pl.lit("fragment"))
        .otherwise(pl.lit("other"))
    )


def _port(end: str) -> pl.Expr:
    """Return the port of one end; an echo has its identifier at both ends, ARP its operation."""
    transport = pl.col("transport")
    return (
        pl.when(transport == "tcp")
        .then(f"inner.tcp.{end}port")
        .when(transport == "udp")
        .then(f"inner.udp.{end}port")
        .when(pl.col("kind") == "echo")
        .then(pl.coalesce("inner.icmp.ident", "inner.icmpv6.echo.identifier"))
        .when(pl.col("kind").is_in(["arp", "nd"]))
        .then(pl.coalesce("arp.opcode", "inner.icmpv6.type"))
        .otherwise(0)
        .cast(pl.Int64)
        .fill_null(0)
    )


def _address(named: pl.DataFrame, end: str) -> pl.Series:
    """Return the innermost address of one end as text; of ARP, the protocol address."""
    four, six = _four(named, f"inner.ip.{end}"), _six(named, f"inner.ipv6.{end}")
    arp = _four(named, f"arp.{end}.proto_ipv4")
    return named.select(
        pl.when(pl.col("kind") == "arp").then(arp).when(pl.col("version") == 4).then(four).otherwise(six)
    ).to_series()


def _target(named: pl.DataFrame) -> pl.Series:
    """Return the address that neighbour discovery is about, as text."""
    solicited, advertised = (_six(named, f"inner.icmpv6.nd.{name}.target_address") for name in ("ns", "na"))
    return solicited.fill_null(advertised)


def _four(frame: pl.DataFrame, name: str) -> pl.Series:
    """Return an IPv4 column as text."""
    octets = [pl.col(name).cast(pl.UInt32) // 2**shift % 256 for shift in (24, 16, 8, 0)]
    return frame.select(pl.format("{}.{}.{}.{}", *octets)).to_series()


def _six(frame: pl.DataFrame, name: str) -> pl.Series:
    """Return an IPv6 column, two words, as text."""
    words = frame.select(pl.col(name).alias("high"), pl.col(f"{name}~").alias("low"))
    known = words.drop_nulls().unique()
    text = [str(ipaddress.IPv6Address(high << 64 | low)) for high, low in known.iter_rows()]
    return words.join(
        known.with_columns(pl.Series("text", text, pl.String)),
        on=["high", "low"],
        how="left",
        maintain_order="left",
    )["text"]
