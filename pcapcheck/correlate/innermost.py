"""The innermost headers that carry a packet, by its stack: which IP, which transport; the kinds of packets.

It knows the words of stacks; it reads no packet.
"""

from functools import cache
from typing import Final, NamedTuple

KINDS: Final = ("other", "tcp", "udp", "echo", "fragment", "icmp-error", "arp", "nd")
TRANSPORTS: Final = ("", "tcp", "udp", "icmp", "icmpv6", "arp")
VERSIONS: Final = {"ip": 4, "ipv6": 6}
ECHO: Final = {"icmp": (8, 0), "icmpv6": (128, 129)}  # request, reply: RFC 792, RFC 4443
ND: Final = (135, 136)  # neighbour solicitation and advertisement: RFC 4861
ERRORS: Final = {"icmp": (3, 4, 5, 11, 12), "icmpv6": (1, 2, 3, 4)}  # messages that quote a packet


class Innermost(NamedTuple):
    """What carries a packet."""

    transport: str  # behind the innermost IP header, or "arp"; "": none of TRANSPORTS
    version: int  # of IP; 0: none


@cache
def innermost(stack: str) -> Innermost:
    """Return the innermost headers of a stack such as `eth:ip:udp:vxlan:eth:ip:tcp`."""
    layers = stack.split(":")
    if "arp" in layers:
        return Innermost("arp", 0)
    last = max((k for k, layer in enumerate(layers) if layer in VERSIONS), default=-1)
    transport = next((layer for layer in layers[last + 1 :] if layer in TRANSPORTS[1:]), "")
    return Innermost(transport, VERSIONS[layers[last]] if last >= 0 else 0)
