"""Field, Protocol: the vocabulary of the protocol tables.

A protocol is a table of fields and, where one field does not say it, a function for its length and for what
it carries. Tables say where bits lie; `headers.py` reads them, `layers.py` follows them, `shapes.py` compiles
them. None of them knows a protocol by name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from pcapcheck.capture.arrays import Bools, Ints
    from pcapcheck.decode.headers import Headers

Kind: TypeAlias = Literal["integer", "boolean", "mac", "ipv4", "ipv6", "time"]

ABSENT = -1  # an offset, value or protocol number that a header does not have

WIDTHS = {
    "u1": 1,
    ">u2": 2,
    ">u4": 4,
    ">u8": 8,
    "<u2": 2,
    "<u4": 4,
    "<u8": 8,
    "mac": 6,
    "ipv4": 4,
    "ipv6": 16,
}
ADDRESS_KINDS: Mapping[str, Kind] = {"mac": "mac", "ipv4": "ipv4", "ipv6": "ipv6"}


@dataclass(frozen=True, slots=True)
class Field:
    """Some bits of a header.

    Attributes:
        name: Wireshark's name; one that Wireshark lacks begins with `_` after the last dot, and is private.
        offset: bytes from the start of the header, or a function that gives them per header (`ABSENT`:
            absent).
        type: `u1`, `>u2` …, `mac`, `ipv4` or `ipv6`.
        mask: which bits of the number, if not all; they are shifted down.
        scale: what one unit counts for, as Wireshark prints it (`ip.hdr_len` counts words and prints bytes).
        when: the field is there only if these fields of the same header have one of these values.
        compute: instead of reading bits, a function that gives the value per header (`ABSENT`: absent).
    """

    name: str
    offset: int | Callable[[Headers], Ints]
    type: str
    mask: int = 0
    scale: int = 1
    when: Mapping[str, Collection[int]] = field(default_factory=dict)
    compute: Callable[[Headers], Ints] | None = None

    @property
    def width(self) -> int:
        """Bytes that it covers."""
        return WIDTHS[self.type]

    @property
    def kind(self) -> Kind:
        """Return the type of the values: a single bit is a boolean."""
        single_bit = self.mask and self.mask & (self.mask - 1) == 0
        return ADDRESS_KINDS.get(self.type, "boolean" if single_bit else "integer")

    @property
    def public(self) -> bool:
        """Whether rules and people may use it."""
        return not self.name.rpartition(".")[2].startswith("_")


@dataclass(frozen=True, slots=True)
class LinkType:
    """What a LINKTYPE_ number of tcpdump.org/linktypes.html says of the packets of a capture.

    Attributes:
        name: what people call it; "" where they use the number.
        bare: packets begin with IP, as at devices of tunnels that carry no frames.
        cooked: captures of `any`, which takes packets from all interfaces, have it.
        indexed: each packet has the index of its interface.
    """

    name: str = ""
    bare: bool = False
    cooked: bool = False
    indexed: bool = False


@dataclass(frozen=True, slots=True)
class Protocol:
    """One kind of header.

    Attributes:
        name: Wireshark's name for it.
        fields: its table; a name may stand in it twice, for two places of which `when` picks one.
        length: bytes of the header: a number, a field, or a function.
        extent: which field counts bytes, and how many bytes of the header it does not count; 0 in the field
            means "to the end".
        carries: what follows: a constant, a field, a function (`ABSENT`: nothing), or two port fields of
            which the lower value that the table knows decides.
        table: the dissector table that `carries` is looked up in.
        within: where this protocol is carried: {dissector table: numbers}.
        link_types: the link types of captures whose packets begin with it; `within` gets their numbers.
        recognise: says per header, by its bytes alone, whether it is one; for ports that nobody named.
        sound: says per header whether it is one at all; what is not, is no layer and carries nothing.
        instead: what a header that is not sound may be (as Wireshark, IPv6 under IPv4's EtherType).
        partial: whether a header that is cut off has fields up to there, as Wireshark shows it.
        quotes: what it carries is a quoted packet (ICMP errors), no payload.
        minimum: bytes that every header has: as far as the unconditional fields reach. Found from `fields`.
        in_stack: whether it counts as a layer of its own; IPv6 extension headers do not, as IPv4 options do
            not.
    """

    name: str
    fields: tuple[Field, ...] = ()
    length: int | str | Callable[[Headers], Ints] = 0
    extent: tuple[str, int] | None = None
    carries: int | str | tuple[str, str] | Callable[[Headers], Ints] | None = None
    table: str = ""
    within: Mapping[str, Collection[int]] = field(default_factory=dict)
    link_types: Mapping[int, LinkType] = field(default_factory=dict)
    recognise: Callable[[Headers], Bools] | None = None
    sound: Callable[[Headers], Bools] | None = None
    instead: str = ""
    partial: bool = False
    quotes: bool = False
    in_stack: bool = True

    minimum: int = field(init=False, default=0)
    _named: dict[str, tuple[Field, ...]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        always = (f for f in self.fields if not f.when and not f.compute)
        fixed = (f.offset + f.width for f in always if isinstance(f.offset, int))
        object.__setattr__(self, "minimum", max(fixed, default=0))  # the way to set a frozen field
        if self.link_types:
            object.__setattr__(self, "within", {**self.within, "linktype": tuple(self.link_types)})
        for line in self.fields:
            self._named[line.name] = (*self._named.get(line.name, ()), line)

    def named(self, name: str) -> tuple[Field, ...]:
        """Return the fields of that name: none, one, or several of which `when` picks one."""
        return self._named.get(name, ())
