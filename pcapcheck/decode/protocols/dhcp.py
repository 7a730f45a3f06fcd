"""DHCP for IPv4: whose lease a message is about, and what it says.

Source: RFC 2131, 2 (fields); RFC 2132, 9.6 (option 53). Wireshark: packet-dhcp.c.
"""

import numpy as np

from pcapcheck.capture.arrays import Bools, Ints
from pcapcheck.decode.field import ABSENT, Field, Protocol
from pcapcheck.decode.headers import Headers

COOKIE = 236  # where the magic cookie lies; options follow it
MAGIC = 0x63825363
MESSAGE_TYPE = 53  # the number of the option
PAD, END = 0, 255
MAX_OPTIONS = 64  # clients and servers write the message type first or nearly so


def sound(read: Headers) -> Bools:
    """Say whether it is a request (1) or a reply (2)."""
    kind = read.number(0)
    either: Bools = (kind == 1) | (kind == 2)
    return either


def message_type(read: Headers) -> Ints:
    """Return where the value of option 53 lies, `ABSENT` where a message has none."""
    found = np.full(len(read), ABSENT, np.int64)
    place = np.where(read.number(COOKIE, 4) == MAGIC, COOKIE + 4, ABSENT)
    for _ in range(MAX_OPTIONS):
        going = place != ABSENT
        if not going.any():
            break
        at = np.maximum(place, 0)
        this, size = read.number(at), read.number(at + 1)
        inside = going & (read.start + at + 2 <= read.stop) & (this != END)
        hit = inside & (this == MESSAGE_TYPE)
        found[hit & (size == 1)] = at[hit & (size == 1)] + 2
        place = np.where(inside & ~hit, at + np.where(this == PAD, 1, 2 + size), ABSENT)
    return found


PROTOCOL = Protocol(
    name="dhcp",
    length=240,
    fields=(
        Field("dhcp.type", 0, "u1"),
        Field("dhcp.hops", 3, "u1"),
        Field("dhcp.id", 4, ">u4"),
        Field("dhcp.secs", 8, ">u2"),
        Field("dhcp.ip.client", 12, "ipv4"),
        Field("dhcp.ip.your", 16, "ipv4"),
        Field("dhcp.ip.server", 20, "ipv4"),
        Field("dhcp.ip.relay", 24, "ipv4"),
        Field("dhcp.hw.mac_addr", 28, "mac", when={"dhcp.hw.len": (6,), "dhcp.hw.type": (1,)}),
        Field("dhcp.hw.type", 1, "u1"),
        Field("dhcp.hw.len", 2, "u1"),
        Field("dhcp.option.dhcp", message_type, "u1"),
    ),
    partial=True,
    reach=COOKIE + 4 + 2 * MAX_OPTIONS,
    sound=sound,
    within={"udp.port": (67, 68)},
)
