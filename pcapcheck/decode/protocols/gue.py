"""Generic UDP encapsulation.

Source: draft-ietf-intarea-gue-09, 3; Linux include/net/gue.h. Wireshark 4.0 lacks it.

No port names it (6080 is IANA's, Linux lets one choose): the profile does.
"""

import numpy as np

from pcapcheck.capture.arrays import Ints
from pcapcheck.decode.field import ABSENT, Protocol
from pcapcheck.decode.headers import Headers

CONTROL = 0x20
IP, IPV6 = 4, 41  # IANA protocol numbers


def length(read: Headers) -> Ints:
    """4 bytes and optional words; version 1 has no header at all, an IP packet follows."""
    first = read.number(0)
    return np.where(first >> 6 == 0, 4 + 4 * (first & 0x1F), 0)


def payload(read: Headers) -> Ints:
    """Return the protocol number of data; in version 1, what the version of the IP header says."""
    first = read.number(0)
    direct = np.where(first >> 4 == 4, IP, np.where(first >> 4 == 6, IPV6, ABSENT))
    return np.where(first >> 6 == 0, np.where(first & CONTROL, ABSENT, read.number(1)), direct)


PROTOCOL = Protocol(
    name="gue",
    length=length,
    carries=payload,
    table="ip.proto",
)
