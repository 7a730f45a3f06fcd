"""TCP.

Source: RFC 9293, 3.1; options: RFC 7323 (timestamps, window scale), RFC 2018 (SACK). Wireshark: packet-tcp.c.
"""

from collections.abc import Callable

import numpy as np

from pcapcheck.capture.arrays import Ints
from pcapcheck.decode.field import ABSENT, Field, Protocol
from pcapcheck.decode.headers import Headers

HEADER = 20  # bytes without options
MSS, WINDOW_SCALE, SACK_PERMITTED, SACK, TIMESTAMP = 2, 3, 4, 5, 8  # IANA TCP option kinds


def payload_length(read: Headers) -> Ints:
    """Return what the enclosing IP length leaves after this header, whether captured or not."""
    header = read("tcp.hdr_len")
    return np.where(header >= HEADER, np.maximum(read.end - read.start - header, 0), ABSENT)


def option(kind: int, size: int, skip: int) -> Callable[[Headers], Ints]:
    """Return a function that finds byte `skip` of an option which is `size` bytes long (0: it varies)."""

    def place(read: Headers) -> Ints:
        at = read.find_option(HEADER, np.minimum(read("tcp.hdr_len"), read.stop - read.start), kind)
        whole = (at != ABSENT) & (
            (read.number(at + 1) == size) if size else (read.number(at + 1) >= skip + 4)
        )
        return np.where(whole, at + skip, ABSENT)

    return place


def sack_blocks(read: Headers) -> Ints:
    """Return how many blocks the SACK option holds."""
    at = read.find_option(HEADER, np.minimum(read("tcp.hdr_len"), read.stop - read.start), SACK)
    return np.where(at == ABSENT, ABSENT, np.maximum(read.number(at + 1) - 2, 0) // 8)


PROTOCOL = Protocol(
    name="tcp",
    length="tcp.hdr_len",
    fields=(
        Field("tcp.srcport", 0, ">u2"),
        Field("tcp.dstport", 2, ">u2"),
        Field("tcp.seq_raw", 4, ">u4"),
        Field("tcp.ack_raw", 8, ">u4"),
        Field("tcp.hdr_len", 12, "u1", mask=0xF0, scale=4),
        Field("tcp.flags", 12, ">u2", mask=0x0FFF),
        Field("tcp.flags.ae", 12, "u1", mask=0x01),
        Field("tcp.flags.cwr", 13, "u1", mask=0x80),
        Field("tcp.flags.ece", 13, "u1", mask=0x40),
        Field("tcp.flags.urg", 13, "u1", mask=0x20),
        Field("tcp.flags.ack", 13, "u1", mask=0x10),
        Field("tcp.flags.push", 13, "u1", mask=0x08),
        Field("tcp.flags.reset", 13, "u1", mask=0x04),
        Field("tcp.flags.syn", 13, "u1", mask=0x02),
        Field("tcp.flags.fin", 13, "u1", mask=0x01),
        Field("tcp.window_size_value", 14, ">u2"),
        Field("tcp.checksum", 16, ">u2"),
        Field("tcp.urgent_pointer", 18, ">u2"),
        Field("tcp.len", 0, ">u4", compute=payload_length),
        Field("tcp.options.mss_val", option(MSS, 4, 2), ">u2"),
        Field("tcp.options.wscale.shift", option(WINDOW_SCALE, 3, 2), "u1"),
        Field("tcp.options.timestamp.tsval", option(TIMESTAMP, 10, 2), ">u4"),
        Field("tcp.options.timestamp.tsecr", option(TIMESTAMP, 10, 6), ">u4"),
        Field("tcp.options.sack_le", option(SACK, 0, 2), ">u4"),
        Field("tcp.options.sack.count", 0, "u1", compute=sack_blocks),
    ),
    partial=True,
    within={"ip.proto": (6,)},
)
