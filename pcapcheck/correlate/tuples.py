"""Variants -> directed address tuples: who sends what kind of packet to whom, by the innermost headers.

Takes the variants of all captures, adds kind, addresses as text and ports; numbers the distinct tuples. It does not know the topology.
"""

import ipaddress
from typing import Final

import polars as pl

from pcapcheck.correlate.identity import transport_of

TUPLE: Final = ("kind", "source", "source_port", "destination", "destination_port")
# What `addressed` reads, besides what rules name.
FIELDS: Final = (
    "inner.ip.src",
    "inner.ip.dst",
    "inner.ipv6.src",
    "inner.ipv6.dst",
    "inner.ip.frag_offset",
    "inner.ip.proto",
    "inner.tcp.srcport",
    "inner.tcp.dstport",
    "inner.tcp.flags.syn",
    "inner.tcp.flags.ack",
    "inner.tcp.flags.reset",
    "inner.udp.srcport",
    "inner.udp.dstport",
    "inner.icmp.type",
    "inner.icmp.code",
    "inner.icmp.ident",
    "inner.icmpv6.type",
    "inner.icmpv6.code",
    "inner.icmpv6.echo.identifier",
    "inner.icmpv6.nd.ns.target_address",
    "inner.icmpv6.nd.na.target_address",
    "arp.opcode",
    "arp.src.proto_ipv4",
    "arp.dst.proto_ipv4",
)


def addressed(variants: pl.DataFrame) -> pl.DataFrame:
    """Return the variants with kind, source, destination (text, null without IP or ARP) and ports (0 where there are none)."""
    shapes = {stack: _shape(stack) for stack in variants["stack"].unique().to_list()}
    transport = pl.col("stack").replace_strict(
        {k: v[0] for k, v in shapes.items()}, default="", return_dtype=pl.String
    )
    version = pl.col("stack").replace_strict(
        {k: v[1] for k, v in shapes.items()}, default="", return_dtype=pl.String
    )
    told = variants.with_columns(transport.alias("transport"), version.alias("version"))
    named = told.with_columns(_kind().alias("kind"))
    for end, name in (("source", "src"), ("destination", "dst")):
        named = named.with_columns(_address(named, name).alias(end))
    target = _six(named, "inner.icmpv6.nd.ns.target_address").fill_null(
        _six(named, "inner.icmpv6.nd.na.target_address")
    )
    named = named.with_columns(
        pl.when(pl.col("kind") == "nd")
        .then(target.fill_null(named["destination"]))
        .otherwise("destination")
        .alias("destination"),
        _port("src").alias("source_port"),
        _port("dst").alias("destination_port"),
    )
    return named.drop("transport", "version")


def numbered(variants: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the variants with `tuple`, and a row a tuple, sorted, so that numbers depend on the input alone."""
    tuples = (
        variants.select(TUPLE)
        .unique()
        .sort(TUPLE, nulls_last=True)
        .with_row_index("tuple")
        .cast({"tuple": pl.Int64})
    )
    return variants.join(tuples, on=TUPLE, how="left", nulls_equal=True, maintain_order="left"), tuples


def _shape(stack: str) -> tuple[str, str]:
    """Return the transport after the last IP header of a stack, and which version of IP that is."""
    versions = [layer for layer in stack.split(":") if layer in ("ip", "ipv6")]
    return transport_of(stack), versions[-1] if versions else ""


def _kind() -> pl.Expr:
    """Return tcp, udp, echo, icmp-error, arp, nd, fragment or other (see `identity.KINDS`)."""
    icmp, icmp6 = pl.col("inner.icmp.type"), pl.col("inner.icmpv6.type")
    four, six = pl.col("transport") == "icmp", pl.col("transport") == "icmpv6"
    return (
        pl.when(pl.col("transport").is_in(["tcp", "udp", "arp"]))
        .then("transport")
        .when((four & icmp.is_in([0, 8])) | (six & icmp6.is_in([128, 129])))
        .then(pl.lit("echo"))
        .when((four & icmp.is_in([3, 4, 5, 11, 12])) | (six & (icmp6 < 5)))
        .then(pl.lit("icmp-error"))
        .when(six & icmp6.is_in([135, 136]))
        .then(pl.lit("nd"))
        .when((pl.col("transport") == "") & (pl.col("inner.ip.frag_offset") > 0))
        .then(pl.lit("fragment"))
        .otherwise(pl.lit("other"))
    )


def _port(end: str) -> pl.Expr:
    """Return the port of one end; an echo has its identifier at both, ARP its operation."""
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
    """Return the innermost address of one end as text; ARP has its protocol addresses."""
    four, six = _four(named, f"inner.ip.{end}"), _six(named, f"inner.ipv6.{end}")
    arp = _four(named, f"arp.{end}.proto_ipv4")
    return named.select(
        pl.when(pl.col("kind") == "arp").then(arp).when(pl.col("version") == "ip").then(four).otherwise(six)
    ).to_series()


def _four(frame: pl.DataFrame, name: str) -> pl.Series:
    """Return an IPv4 column as text."""
    values = frame[name]
    text = {value: str(ipaddress.IPv4Address(value)) for value in values.drop_nulls().unique().to_list()}
    return values.replace_strict(text, default=None, return_dtype=pl.String)


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
