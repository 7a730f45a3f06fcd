"""Directed address tuples: who sends what kind of packet to whom, by the innermost headers.

It takes the variants of all captures, adds the kind of packet, addresses as text and ports, and numbers the
distinct tuples. It does not know the topology.

A DHCP client has no address yet, its messages go to everybody, and a server may send its answer to the
address that it offers. So both directions are those between the client and all servers: 0.0.0.0 with the
client's MAC, a number, as its port, and 255.255.255.255.
"""

import ipaddress
from collections.abc import Mapping
from typing import Final

import polars as pl

from pcapcheck.decode.stack import DHCP_PORTS, ECHO, ERRORS, ND, innermost

DHCP_CLIENT: Final = "0.0.0.0"
DHCP_SERVERS: Final = "255.255.255.255"
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
    ends = {"source": _address(named, "src"), "destination": _address(named, "dst")}
    named = named.with_columns(each.alias(end) for end, each in ends.items())
    target = _target(named)
    return named.with_columns(
        _lease("src", "source"),
        pl.when(pl.col("kind") == "nd")
        .then(target.fill_null(ends["destination"]))
        .otherwise(_lease("dst", "destination"))
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
    """Return what each packet is: one of `stack.KINDS`."""
    transport, version = pl.col("transport"), pl.col("version")

    def is_(types: Mapping[str, tuple[int, ...]]) -> pl.Expr:
        return pl.any_horizontal(
            (transport == name) & pl.col(f"inner.{name}.type").is_in(values) for name, values in types.items()
        )

    later = pl.when(version == 6).then("inner.ipv6.fraghdr.offset").otherwise("inner.ip.frag_offset") > 0
    new = (
        pl.col("inner.dhcp.ip.client").eq(0)
        & pl.col("inner.dhcp.hw.mac_addr").is_not_null()
        & (pl.col("inner.udp.srcport") + pl.col("inner.udp.dstport")).eq(sum(DHCP_PORTS))
    )
    return (
        pl.when(transport.is_in(["tcp", "udp", "sctp", "arp"]))
        .then(transport)
        .when(transport == "dhcp")
        .then(pl.when(new).then(transport).otherwise(pl.lit("udp")))
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


def _lease(end: str, name: str) -> pl.Expr:
    """Return an address; of DHCP, that of the client or of all servers."""
    mine = pl.when(_is_client(end)).then(pl.lit(DHCP_CLIENT)).otherwise(pl.lit(DHCP_SERVERS))
    return pl.when(pl.col("kind") == "dhcp").then(mine).otherwise(name).alias(name)


def _is_client(end: str) -> pl.Expr:
    return pl.col(f"inner.udp.{end}port") == DHCP_PORTS[1]


def _port(end: str) -> pl.Expr:
    """Return the port of one end; an echo has its identifier at both ends, ARP its operation."""
    transport = pl.col("transport")
    return (
        pl.when(transport == "tcp")
        .then(f"inner.tcp.{end}port")
        .when(transport == "sctp")
        .then(f"inner.sctp.{end}port")
        .when((pl.col("kind") == "dhcp") & _is_client(end))
        .then("inner.dhcp.hw.mac_addr")
        .when(transport.is_in(["udp", "dhcp"]))
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
