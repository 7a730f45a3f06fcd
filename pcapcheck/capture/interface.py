"""Interface: what a capture says about one interface that it was made on.

Classic pcap knows only the link type; pcapng has options (draft-ietf-opsawg-pcapng, 4.2 and 4.6).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interface:
    """One interface of a capture.

    Attributes:
        name: as the operating system calls it; empty if the capture does not say.
        description: for people.
        linktype: the LINKTYPE_ number of tcpdump.org/linktypes.html.
        snaplen: bytes kept of a packet at most; 0 is no limit.
        filter: the capture filter, as tcpdump writes it.
        hardware: what the network card is.
        mac: the interface's own address, or empty.
        comments: what somebody wrote about it.
        dropped: packets that the interface or the operating system lost, None if it was not counted.
        start: when capturing started, nanoseconds since 1970 UTC, or None.
        end: when capturing ended, likewise.
    """

    linktype: int
    name: str = ""
    description: str = ""
    snaplen: int = 0
    filter: str = ""
    hardware: str = ""
    mac: str = ""
    comments: tuple[str, ...] = ()
    dropped: int | None = None
    start: int | None = None
    end: int | None = None
