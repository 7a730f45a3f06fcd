"""GRE: IP or Ethernet (NVGRE) in IP.

Source: RFC 2784, RFC 2890 (key), RFC 7637 (NVGRE), RFC 2637 (PPTP, version 1).

The optional words stand in the order of their flags. Wireshark: packet-gre.c.
"""

import numpy as np

from pcapcheck.capture.arrays import Ints
from pcapcheck.decode.field import ABSENT, Field, Protocol
from pcapcheck.decode.headers import Headers

CHECKSUM, ROUTING, KEY, SEQUENCE, ACKNOWLEDGEMENT = 0x8000, 0x4000, 0x2000, 0x1000, 0x0080
ERSPAN, ETHERNET, WCCP, IP = 0x88BE, 0x6558, 0x883E, 0x0800
REDIRECT = 4  # bytes of WCCP's redirect header: draft-mclaggan-wccp-v2rev1-00, 4.12.1
VERSION_0, VERSION_1 = {"gre.flags.version": (0,)}, {"gre.flags.version": (1,)}


def words(read: Headers, flags: int) -> Ints:
    """Count the optional 32-bit words of these flags; checksum and routing share one."""
    set_ = read("gre.flags_and_version") & flags
    count = np.where(set_ & (CHECKSUM | ROUTING), 1, 0)
    for flag in (KEY, SEQUENCE, ACKNOWLEDGEMENT):
        count += np.where(set_ & flag, 1, 0)
    return count


def length(read: Headers) -> Ints:
    """4 bytes and the optional words, the acknowledgement only in version 1; a redirect header of WCCP.

    WCCP version 1 has none: its first byte is already that of the IP header.
    """
    version_1 = read("gre.flags_and_version") & 0x0007 == 1
    count = words(read, CHECKSUM | ROUTING | KEY | SEQUENCE)
    size = 4 + 4 * (count + np.where(version_1, words(read, ACKNOWLEDGEMENT), 0))
    wccp = read("gre.proto") == WCCP
    if not wccp.any():  # what follows is looked at for WCCP only: shapes would compare it
        return size
    return size + np.where(wccp & (read.number(size) >> 4 != 4), REDIRECT, 0)


def payload(read: Headers) -> Ints:
    """Return the EtherType; ERSPAN without a sequence number has no header of its own (type I).

    WCCP carries IP.
    """
    set_, number = read("gre.flags_and_version"), read("gre.proto")
    number = np.where((number == ERSPAN) & (set_ & SEQUENCE == 0), ETHERNET, number)
    number = np.where(number == WCCP, IP, number)
    return np.where((set_ & ROUTING == 0) & (set_ & 0x0007 <= 1), number, ABSENT)


def checksum(read: Headers) -> Ints:
    """Return where the checksum lies, if there is one."""
    return np.where(read("gre.flags_and_version") & (CHECKSUM | ROUTING) != 0, 4, ABSENT)


def key(read: Headers) -> Ints:
    """Return where the key lies, if there is one."""
    return np.where(read("gre.flags_and_version") & KEY != 0, 4 + 4 * words(read, CHECKSUM | ROUTING), ABSENT)


def sequence(read: Headers) -> Ints:
    """Return where the sequence number lies, if there is one."""
    before = words(read, CHECKSUM | ROUTING | KEY)
    return np.where(read("gre.flags_and_version") & SEQUENCE != 0, 4 + 4 * before, ABSENT)


PROTOCOL = Protocol(
    name="gre",
    length=length,
    fields=(
        Field("gre.flags_and_version", 0, ">u2"),
        Field("gre.flags.checksum", 0, ">u2", mask=CHECKSUM),
        Field("gre.flags.routing", 0, ">u2", mask=ROUTING),
        Field("gre.flags.key", 0, ">u2", mask=KEY),
        Field("gre.flags.sequence_number", 0, ">u2", mask=SEQUENCE),
        Field("gre.flags.version", 0, ">u2", mask=0x0007),
        Field("gre.proto", 2, ">u2"),
        Field("gre.checksum", checksum, ">u2"),
        Field("gre.key", key, ">u4", when=VERSION_0),
        Field("gre._vsid", key, ">u4", mask=0xFFFFFF00, when=VERSION_0),
        Field("gre._flow_id", key, ">u4", mask=0x000000FF, when=VERSION_0),
        Field("gre.sequence_number", sequence, ">u4"),
    ),
    within={"ip.proto": (47,), "udp.port": (4754,)},
    carries=payload,
    table="eth.type",
)
