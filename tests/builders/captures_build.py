"""Builders of capture files, with `struct` only: pcap and pcapng byte by byte, right or wrong on purpose.

They share no code with `pcapcheck.capture`, but for the type of a window.
"""

import struct

import numpy as np
from hypothesis import HealthCheck, settings

from pcapcheck.capture.window import Window

# How long an example takes says more about the machine than about the code.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

SECONDS = 1_700_000_000
MICROSECONDS, NANOSECONDS = 0xA1B2C3D4, 0xA1B23C4D


def record(packet=b"", seconds=SECONDS, fraction=0, captured=None, original=None, order="<"):
    """Return one record of a classic pcap; `captured` and `original` may lie."""
    captured = len(packet) if captured is None else captured
    original = captured if original is None else original
    return struct.pack(order + "IIII", seconds, fraction, captured, original) + packet


def pcap_header(order="<", magic=MICROSECONDS, version=(2, 4), snaplen=262144, linktype=1):
    return struct.pack(order + "IHHiIII", magic, *version, 0, 0, snaplen, linktype)


def pcap(*records, **header):
    return pcap_header(**header) + b"".join(records)


def option(code, value=b"", order="<"):
    return struct.pack(order + "HH", code, len(value)) + value + b"\0" * (-len(value) % 4)


def block(kind, body=b"", order="<", total=None, trailer=None):
    """Return one block of a pcapng; `total` and `trailer`, its length at both ends, may lie."""
    body += b"\0" * (-len(body) % 4)
    total = 12 + len(body) if total is None else total
    trailer = total if trailer is None else trailer
    return struct.pack(order + "II", kind, total) + body + struct.pack(order + "I", trailer)


def section(*options, order="<", version=(1, 0), **lie):
    head = struct.pack(order + "IHHq", 0x1A2B3C4D, *version, -1)
    return block(0x0A0D0D0A, head + b"".join(options), order, **lie)


def interface(*options, linktype=1, snaplen=0, order="<", **lie):
    return block(1, struct.pack(order + "HHI", linktype, 0, snaplen) + b"".join(options), order, **lie)


def enhanced(packet=b"", *options, interface=0, ticks=0, captured=None, original=None, order="<", **lie):
    captured = len(packet) if captured is None else captured
    original = captured if original is None else original
    head = struct.pack(order + "IIIII", interface, ticks >> 32, ticks & 0xFFFFFFFF, captured, original)
    return block(6, head + padded(packet) + b"".join(options), order, **lie)


def obsolete(packet=b"", interface=0, drops=0, ticks=0, order="<"):
    head = struct.pack(order + "HHII", interface, drops, ticks >> 32, ticks & 0xFFFFFFFF)
    return block(2, head + struct.pack(order + "II", len(packet), len(packet)) + padded(packet), order)


def simple(packet=b"", original=None, order="<"):
    original = len(packet) if original is None else original
    return block(3, struct.pack(order + "I", original) + packet, order)


def statistics(*options, interface=0, ticks=0, order="<"):
    head = struct.pack(order + "III", interface, ticks >> 32, ticks & 0xFFFFFFFF)
    return block(5, head + b"".join(options), order)


def padded(packet):
    return packet + b"\0" * (-len(packet) % 4)


def window(data, start=0, final=True):
    return Window(np.frombuffer(data, np.uint8), start, final)


class Dribble:
    """Windows of some bytes, small ones unless somebody asks for more."""

    complaint = ""

    def __init__(self, data, size):
        self.closed = False
        self.largest = size
        self._data = np.frombuffer(data, np.uint8)

    def window(self, position, size):
        data = self._data[position : position + size]
        return Window(data, position, position + size >= len(self._data))

    def forget(self, position):
        pass

    def close(self):
        self.closed = True


def packets(blocks):
    """Return the packets of some blocks as plain tuples: bytes, original length, time, link type."""
    return [
        (
            one.data[one.offset[row] : one.offset[row] + one.captured[row]].tobytes(),
            int(one.original[row]),
            int(one.time[row]),
            one.linktype[one.interface[row]],
        )
        for one in blocks
        for row in range(len(one))
    ]
