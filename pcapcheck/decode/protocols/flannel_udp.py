"""flannel's udp back-end: a bare IP packet in a UDP datagram. Source: flannel, pkg/backend/udp/proxy_amd64.c.

Wireshark does not know it. No port names it: the profile does (8285 by default).
"""

import numpy as np

from pcapcheck.capture.arrays import Ints
from pcapcheck.decode.field import ABSENT, Protocol
from pcapcheck.decode.headers import Headers

IP, IPV6 = 0x0800, 0x86DD


def payload(read: Headers) -> Ints:
    """Return what the version of the IP header says."""
    version = read.number(0) >> 4
    return np.where(version == 4, IP, np.where(version == 6, IPV6, ABSENT))


PROTOCOL = Protocol(name="flannel-udp", carries=payload, table="eth.type")
