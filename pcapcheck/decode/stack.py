"""Stacks as text: which tunnel a packet travels in, and whether its layers fit a pattern of a rule.

A stack is written `eth:ip:udp:vxlan:eth:ip:tcp`; it holds neither payload nor quoted packets, and a header's
options and IPv6 extension headers are no layers of it.
"""

import re
from functools import cache
from typing import Final, NamedTuple

from pcapcheck.decode.registry import protocols
from pcapcheck.decode.tunnels import tunnel_at

IP = ("ip", "ipv6")


@cache
def form(stack: str) -> str:
    """Return how a packet with this stack travels: `plain`, or the name of its outermost tunnel.

    IP in IP is `ipip`, whichever versions; GRE that carries Ethernet is `nvgre`; IP straight in UDP is `fou`.
    """
    layers = stack.split(":")
    first_ip = next((i for i, layer in enumerate(layers) if layer in IP), len(layers))
    outside = layers[first_ip:]
    for before, layer, after in zip(outside, outside[1:], [*outside[2:], ""], strict=False):
        if tunnel := tunnel_at(before, layer, after):
            return tunnel.name
    return "plain"


def matches(pattern: str, stack: str) -> bool:
    """Return whether a stack fits a pattern: layers joined by `:`, `*`, `{a,b}`, `link`."""
    return _compiled(pattern).fullmatch(f"{stack}:") is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Translate: every layer, and every stack, ends with a colon here, so that `*` may stand for none."""
    return re.compile("".join(map(_layer, re.split(r":(?![^{]*\})", pattern))))


def _layer(part: str) -> str:
    if part == "*":
        return "(?:[^:]+:)*"
    if part.startswith("{") and part.endswith("}"):
        return f"(?:{'|'.join(_layer(choice.strip()) for choice in part[1:-1].split(','))})"
    return _link() if part == "link" else f"{re.escape(part)}:"


def _link() -> str:
    """Return the expression for a link layer with its tags."""
    names = {"llc", *(each.name for each in protocols() if each.link_types)} - {*IP}
    return rf"(?:{'|'.join(map(re.escape, sorted(names)))})(?::ieee8021ad|:vlan)*:"


KINDS: Final = ("other", "tcp", "udp", "echo", "fragment", "icmp-error", "arp", "nd", "sctp", "dhcp")
PORTED: Final = ("tcp", "udp", "sctp")  # kinds whose packets have ports at both ends
IDENTIFIED: Final = (
    *PORTED,
    "echo",
    "dhcp",
)  # kinds whose packets can be told from each other, but for fragments
TRANSPORTS: Final = ("", "tcp", "udp", "icmp", "icmpv6", "arp", "sctp", "dhcp")
SCTP_INIT, SCTP_INIT_ACK, SCTP_ABORT = 1, 2, 6  # chunk types: RFC 9260, 3.2
VERSIONS: Final = {"ip": 4, "ipv6": 6}
ECHO: Final = {"icmp": (8, 0), "icmpv6": (128, 129)}  # request, reply: RFC 792, RFC 4443
DHCP_PORTS: Final = (
    67,
    68,
)  # servers', clients'; relay agents and servers speak from 67 to 67: RFC 2131, 4.1
ND: Final = (135, 136)  # neighbour solicitation and advertisement: RFC 4861
ERRORS: Final = {"icmp": (3, 4, 5, 11, 12), "icmpv6": (1, 2, 3, 4)}  # messages that quote a packet


class Innermost(NamedTuple):
    """What carries a packet."""

    transport: str  # the last header behind the innermost IP header, or "arp"; "": none of TRANSPORTS
    version: int  # of IP; 0: none


@cache
def innermost(stack: str) -> Innermost:
    """Return the innermost headers of a stack such as `eth:ip:udp:vxlan:eth:ip:tcp`."""
    layers = stack.split(":")
    if "arp" in layers:
        return Innermost("arp", 0)
    last = max((k for k, layer in enumerate(layers) if layer in VERSIONS), default=-1)
    transport = next((layer for layer in reversed(layers[last + 1 :]) if layer in TRANSPORTS[1:]), "")
    return Innermost(transport, VERSIONS[layers[last]] if last >= 0 else 0)
