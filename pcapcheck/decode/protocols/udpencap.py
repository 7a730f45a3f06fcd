"""ESP in UDP (NAT traversal). Source: RFC 3948, 2. Wireshark: packet-ipsec-udp.c."""

import numpy as np

from pcapcheck.capture.arrays import Ints
from pcapcheck.decode.field import ABSENT, Protocol
from pcapcheck.decode.headers import Headers

ESP = 50  # IANA protocol numbers


def payload(read: Headers) -> Ints:
    """Return ESP, but nothing for IKE (four zero bytes first) and for a keepalive (one byte)."""
    return np.where(read.number(0, 4) != 0, ESP, ABSENT)


PROTOCOL = Protocol(
    name="udpencap",
    within={"udp.port": (4500,)},
    carries=payload,
    table="ip.proto",
)
