"""A packet as tcpdump prints it, behind its time: device, direction, link layer, and what is in it.

Takes the text of one packet, its lines joined by spaces, and gives a frame. Source: tcpdump, print.c,
print-sll.c (4.5 to 4.99).
"""

import re
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from pcapcheck.capture.headerbytes import ARP, COOKED, COOKED_2, ETHERNET, RAW_IP, Piece, ethernet, unknown
from pcapcheck.capture.printedlink import LINK, MAC, NETWORKS, cooked, kind_of_frame, linked, mac_of
from pcapcheck.capture.printednetwork import network
from pcapcheck.capture.sequences import Sequences

TAGS: Final = frozenset({"vlan", "ieee8021ad"})  # VLAN tags are shown with `-e` only
_DEVICE: Final = re.compile(r"(?:(?P<device>[\w.@-]{1,15}) +)?(?P<direction>In|Out|P|B|M) +(?=\S)")
_BEGINS: Final = re.compile(
    rf"(?:(?:[\w.@-]{{1,15}}\s+)?(?:In|Out|P|B|M)\s+)?"
    rf"(?:IP6? (?:\(|\S+ > \S)|(?:ARP, |arp )(?:Request|Reply|Ethernet|who)"
    rf"|(?:ifindex \d+ )?(?:{MAC}(?: > {MAC})?,? )?(?:ethertype \S+ \(|IPv[46], |ARP, length))"
)
_OPEN: Final = re.compile(r"(?:instance|vni) \w+\s*$|Geneve, .*[\]:)]\s*$|GREv0.*:\s*$")


def begins_packet(text: str) -> bool:
    """Whether a text, behind its time if it has one, begins like a packet."""
    return _BEGINS.match(text) is not None


def is_open_tunnel(text: str) -> bool:
    """Whether a line ends where a tunnel's content follows on the next line."""
    return _OPEN.search(text) is not None


@dataclass(slots=True)
class Tcpdump:
    """What is known of the tcpdump whose packets are read.

    Attributes:
        linktype: LINKTYPE_ number.
        sequences: its connections; those inside tunnels are the same to it.
    """

    linktype: int = ETHERNET
    sequences: Sequences = field(default_factory=Sequences)


class FrameRead(NamedTuple):
    """A frame, and where it was seen.

    Attributes:
        piece: its bytes.
        linktype: how they begin.
        device: the interface, where `-i any` names it.
    """

    piece: Piece
    linktype: int
    device: str = ""


def tcpdump_frame(text: str, printed: Tcpdump) -> FrameRead | None:
    """Return the frame of a packet; None where the text is of none."""
    where = _DEVICE.match(text)
    device, direction = (where["device"] or "", where["direction"]) if where else ("", "")
    rest = text[where.end() :] if where else text
    link = LINK.match(rest)
    linktype = printed.linktype
    alone = link is not None and link["target"] is None  # a cooked header has one MAC, or none
    if device or ((direction or alone) and linktype not in (COOKED, COOKED_2)):
        linktype = COOKED_2 if device else COOKED
    piece = (
        _linked(rest, link, linktype, direction, printed)
        if link
        else _bare(rest, linktype, direction, printed)
    )
    return None if piece is None else FrameRead(piece, linktype, device)


def _linked(text: str, link: re.Match[str], linktype: int, direction: str, printed: Tcpdump) -> Piece:
    """Return a frame with the link layer that `-e` shows."""
    kind = kind_of_frame(link["kind"], link["number"])
    carried = network(text[link.end() :], kind, printed.sequences, 0)
    if carried is None:
        carried = Piece(b"", max(1, int(link["length"][:6]) - 14))
    if linktype in (COOKED, COOKED_2):
        return cooked(carried, kind, linktype, direction, mac_of(link["source"] or ""))
    return linked(kind, carried, link)


def _bare(text: str, linktype: int, direction: str, printed: Tcpdump) -> Piece | None:
    """Return a frame whose link layer was not printed."""
    keyword = next((word for word in NETWORKS if text.startswith(word)), None)
    if keyword is None:
        return None
    kind = NETWORKS[keyword]
    carried = network(text[len(keyword) :], kind, printed.sequences, 0) or unknown(20)
    if linktype in (COOKED, COOKED_2):
        made = cooked(carried, kind, linktype, direction, None)
        return Piece(made.data, made.size, made.absent | TAGS)
    if linktype == RAW_IP and kind != ARP:
        return carried
    made = ethernet(kind, carried)
    return Piece(made.data, made.size, made.absent | TAGS)
