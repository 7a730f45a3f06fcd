"""Geneve: any protocol in a UDP datagram, with options. Source: RFC 8926, 3.4. Wireshark: packet-geneve.c."""

import numpy as np

from pcapcheck.capture.arrays import Bools, Ints
from pcapcheck.decode.field import ABSENT, Field, Protocol
from pcapcheck.decode.headers import Headers, among

ETHERNET = 0x6558  # transparent Ethernet bridging, IANA EtherTypes
INNER = (0x0800, 0x0806, 0x86DD, 0x8100)
MOST_OPTIONS = 64  # bytes; Antrea and OVN use 8 to 24


def length(read: Headers) -> Ints:
    """8 bytes, then the options; their length is counted in 32-bit words."""
    return 8 + read("geneve._options_length")


def first_class(read: Headers) -> Ints:
    """Return where the class of the first option lies, if there is an option."""
    return np.where(read("geneve._options_length") > 0, 8, ABSENT)


def first_type(read: Headers) -> Ints:
    """Return where the type of the first option lies, if there is one; its highest bit says critical."""
    return np.where(read("geneve._options_length") > 0, 10, ABSENT)


def recognise(read: Headers) -> Bools:
    """Say whether it is Geneve by its bytes: version, few options, a plausible Ethernet frame inside."""
    plain: Bools = (read("geneve.version") == 0) & (read.number(1) & 0x3F == 0) & (read.number(7) == 0)
    plain &= (read("geneve.proto_type") == ETHERNET) & (read("geneve._options_length") <= MOST_OPTIONS)
    plain &= among(read.number(length(read) + 12, 2), INNER)
    return plain


PROTOCOL = Protocol(
    name="geneve",
    length=length,
    fields=(
        Field("geneve.version", 0, "u1", mask=0xC0),
        Field("geneve._options_length", 0, "u1", mask=0x3F, scale=4),
        Field("geneve.flags.oam", 1, "u1", mask=0x80),
        Field("geneve.flags.critical", 1, "u1", mask=0x40),
        Field("geneve.proto_type", 2, ">u2"),
        Field("geneve.vni", 4, ">u4", mask=0xFFFFFF00),
        Field("geneve.reserved", 7, "u1"),
        Field("geneve.option.class", first_class, ">u2"),
        Field("geneve.option.type", first_type, "u1"),
    ),
    within={"udp.port": (6081,)},
    carries="geneve.proto_type",
    table="eth.type",
    recognise=recognise,
)
