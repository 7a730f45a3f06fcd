"""SCTP: the common header, the first chunk of a packet, and its first data.

Source: RFC 9260, 3.1 (common header), 3.2 (chunks), 3.3.1 (DATA). Wireshark: packet-sctp.c, whose `data_tsn`
counts from the first TSN that it sees; `data_tsn_raw` is the number in the packet.
"""

import numpy as np

from pcapcheck.capture.arrays import Ints
from pcapcheck.decode.field import ABSENT, Field, Protocol
from pcapcheck.decode.headers import Headers

HEADER = 12  # bytes before the first chunk
LEAST_CHUNK = 4  # bytes: type, flags, length
DATA = 0  # chunk type
MAX_CHUNKS = 8  # that are looked at: what goes before data (SACK, COOKIE ECHO) is a chunk or two
REACH = 512  # bytes: a cookie may be long


def data_tsn(read: Headers) -> Ints:
    """Return the TSN of the first DATA chunk of each packet, `ABSENT` where there is none."""
    found = np.full(len(read), ABSENT, np.int64)
    place = np.full(len(read), HEADER, np.int64)
    going = np.ones(len(read), np.bool_)
    for _ in range(MAX_CHUNKS):
        going &= read.start + place + 8 <= np.minimum(read.stop, read.start + REACH)
        if not going.any():
            break
        hit = going & (read.number(place) == DATA)
        found[hit] = read.number(place + 4, 4)[hit]
        size = read.number(place + 2, 2)
        going &= ~hit & (size >= LEAST_CHUNK)
        place += size + 3 & ~3  # each begins at a whole word
    return found


PROTOCOL = Protocol(
    name="sctp",
    length=HEADER,
    fields=(
        Field("sctp.srcport", 0, ">u2"),
        Field("sctp.dstport", 2, ">u2"),
        Field("sctp.verification_tag", 4, ">u4"),
        Field("sctp.checksum", 8, ">u4"),
        Field("sctp.chunk_type", HEADER, "u1"),
        Field("sctp.chunk_length", HEADER + 2, ">u2"),
        Field("sctp.data_tsn_raw", 0, ">u4", compute=data_tsn),
        # The first 16 bytes of the first chunk, for packet identity.
        *(Field(f"sctp._chunk{k}", HEADER + 4 * k, ">u4") for k in range(4)),
    ),
    partial=True,
    reach=REACH,
    within={"ip.proto": (132,)},
)
