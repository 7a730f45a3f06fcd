"""An SCTP association between two pods: set up, one message, shut down (RFC 9260, 5.1, 6 and 9.2)."""

import struct
import zlib
from dataclasses import dataclass, replace

from conversations import Conversation
from wire import Packet

SCTP = 132  # IANA protocol number
CASTAGNOLI = 0x82F63B78  # the polynomial of CRC32c, reflected: RFC 9260, appendix A
COOKIE = b"keep"
WINDOW, STREAMS, FIRST = 106496, 10, 1000  # receiver's window, streams each way, first TSN
# Chunks in order: sent by the client or the server, type, flags, value.
CHUNKS = (
    ("client", 1, 0, struct.pack(">IIHHI", 0xC11E, WINDOW, STREAMS, STREAMS, FIRST)),  # INIT
    (
        "server",
        2,
        0,
        struct.pack(">IIHHI", 0x5E12, WINDOW, STREAMS, STREAMS, FIRST) + struct.pack(">HH", 7, 8) + COOKIE,
    ),  # INIT ACK with the state cookie
    ("client", 10, 0, COOKIE),  # COOKIE ECHO
    ("server", 11, 0, b""),  # COOKIE ACK
    ("client", 0, 3, struct.pack(">IHHI", FIRST, 0, 0, 0) + b"attach request.."),  # DATA, not fragmented
    ("server", 3, 0, struct.pack(">IIHH", FIRST, WINDOW, 0, 0)),  # SACK
    ("client", 7, 0, struct.pack(">I", FIRST - 1)),  # SHUTDOWN
    ("server", 8, 0, b""),  # SHUTDOWN ACK
    ("client", 14, 0, b""),  # SHUTDOWN COMPLETE
)
TAGS = {"client": 0x5E12, "server": 0xC11E}  # the tag that the receiver asked for, by sender


@dataclass
class Association(Conversation):
    """One association; both sides send the next chunk when the last one arrives. Nothing is sent again."""

    port: int | None = 10000

    kind = "sctp"
    needed = 4

    @property
    def client_port(self) -> int:
        return 32768 + zlib.crc32(f"sctp {self.source} {self.start}".encode()) % 28232

    def begin(self, time: int) -> None:
        self._send(time, 0)

    def _send(self, time: int, number: int) -> None:
        if number == len(CHUNKS):
            return
        side, kind, flags, value = CHUNKS[number]
        ends = (self.source, self.destination)
        sender, receiver = ends if side == "client" else ends[::-1]
        self.answered += side == "server"
        ports = (self.client_port, self.port or 0)
        tag = TAGS[side] if number else 0  # an INIT has none
        packet = self.packet(sender, receiver, flow=sender)
        header = struct.pack(">HHI", *(ports if side == "client" else ports[::-1]), tag)
        sent = sctp(packet, header, struct.pack(">BBH", kind, flags, 4 + len(value)) + value)
        self.send(sent, sender, time + self.think(), lambda at: self._send(at, number + 1))


def sctp(packet: Packet, header: bytes, chunk: bytes) -> Packet:
    """Return `packet` with an SCTP header (ports and tag), its checksum and one chunk in it."""
    total = crc32c(header + bytes(4) + chunk)
    return replace(packet, protocol=SCTP, payload=header + struct.pack("<I", total) + chunk)


def crc32c(data: bytes) -> int:
    """Return the checksum of SCTP over data."""
    total = 0xFFFFFFFF
    for byte in data:
        total ^= byte
        for _ in range(8):
            total = total >> 1 ^ (CASTAGNOLI if total & 1 else 0)
    return total ^ 0xFFFFFFFF
