"""Writing: a pcapng of packets, with the interfaces that they were captured on and comments.

Packets are written in the order in which they are given, with times in nanoseconds. A file that is read back
has what was written. Source: draft-ietf-opsawg-pcapng, 4.1 to 4.3 and 4.6.
"""

import struct
from collections.abc import Sequence
from typing import IO, Final

from pcapcheck.capture.blockoptions import COMMENT
from pcapcheck.capture.interface import (
    IF_DESCRIPTION,
    IF_FILTER,
    IF_HARDWARE,
    IF_MAC,
    IF_NAME,
    IF_RESOLUTION,
    INCOMPLETE,
    ISB_END,
    ISB_LOST_BY_SYSTEM,
    ISB_START,
    NOT_PRINTED,
    CaptureInterface,
)
from pcapcheck.capture.packetblocks import EPB, IDB, ISB, SHB

SECTION: Final = struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)
APPLICATION = 4  # shb_userappl
NANOSECONDS = b"\x09"
MAX_OPTION_SIZE: Final = 65535  # bytes of an option's value: its length is a uint16
LATEST: Final = (1 << 64) - 1
OPTION_PADDING: Final = (b"", b"\0\0\0", b"\0\0", b"\0")  # by length modulo 4


class Writer:
    """Writes one pcapng.

    Args:
        stream: open for writing bytes; the caller closes it.
        application: name of the program, for people.
    """

    def __init__(self, stream: IO[bytes], application: str = "pcapcheck") -> None:
        self._stream = stream
        self._interfaces: list[CaptureInterface] = []
        stream.write(_block(SHB, SECTION + _options([(APPLICATION, application.encode())])))

    def interface(self, interface: CaptureInterface) -> int:
        """Describe an interface and return its number."""
        self._stream.write(_block(IDB, _description(interface)))
        self._interfaces.append(interface)
        return len(self._interfaces) - 1

    def packet(
        self, interface: int, time: int, data: bytes, original: int, comments: Sequence[str] = ()
    ) -> None:
        """Write a packet.

        Args:
            interface: its number.
            time: nanoseconds since 1970 UTC.
            data: what was captured of it.
            original: bytes it had on the wire.
            comments: for people.
        """
        ticks, captured = max(time, 0), len(data)
        options = _options([(COMMENT, each.encode(errors="replace")) for each in comments])
        body = OPTION_PADDING[captured % 4] + options
        total = 32 + captured + len(body)
        head = (EPB, total, interface, ticks >> 32, ticks & 0xFFFFFFFF, captured, original)
        self._stream.write(struct.pack("<IIIIIII", *head) + data + body + struct.pack("<I", total))

    def count(self, number: int, interface: CaptureInterface) -> None:
        """Write when capturing on an interface started and ended, and what it lost, where that is known."""
        options = [
            (code, struct.pack("<II", time >> 32, time & 0xFFFFFFFF))
            for code, time in ((ISB_START, interface.start), (ISB_END, interface.end))
            if time is not None and time >= 0
        ]
        if interface.incomplete:
            options.insert(0, (COMMENT, f"{INCOMPLETE}{interface.incomplete}".encode()))
        if interface.dropped is not None:
            options.append((ISB_LOST_BY_SYSTEM, struct.pack("<Q", min(interface.dropped, LATEST))))
        if options:
            self._stream.write(_block(ISB, struct.pack("<III", number, 0, 0) + _options(options)))


def _description(interface: CaptureInterface) -> bytes:
    texts = [
        (IF_NAME, interface.name),
        (IF_DESCRIPTION, interface.description),
        (IF_HARDWARE, interface.hardware),
        *((COMMENT, each) for each in interface.comments),
        (COMMENT, f"{NOT_PRINTED}{' '.join(sorted(interface.absent))}" if interface.absent else ""),
    ]
    options = [(code, text.encode(errors="replace")) for code, text in texts if text]
    if interface.mac:
        options.append((IF_MAC, bytes.fromhex(interface.mac.replace(":", ""))))
    if interface.filter:
        options.append((IF_FILTER, b"\0" + interface.filter.encode(errors="replace")))
    options.append((IF_RESOLUTION, NANOSECONDS))
    return struct.pack("<HHI", interface.linktype, 0, interface.snaplen) + _options(options)


def _options(options: Sequence[tuple[int, bytes]]) -> bytes:
    """Return options with the mark of their end, or nothing if there are none."""
    written = [
        struct.pack("<HH", code, len(value)) + value + OPTION_PADDING[len(value) % 4]
        for code, value in ((code, value[:MAX_OPTION_SIZE]) for code, value in options)
    ]
    return b"".join((*written, bytes(4))) if written else b""


def _block(kind: int, body: bytes) -> bytes:
    body += OPTION_PADDING[len(body) % 4]
    total = 12 + len(body)
    return struct.pack("<II", kind, total) + body + struct.pack("<I", total)
