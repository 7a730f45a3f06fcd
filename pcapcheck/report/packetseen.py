"""PacketSeen: one packet of the evidence, decoded and with its bytes, as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from pcapcheck.check.finding import Frame


class FieldSeen(NamedTuple):
    """One field: `place` is its first byte in the packet, None if it is computed."""

    name: str
    place: int | None
    value: str


@dataclass(frozen=True, slots=True)
class LayerSeen:
    """One layer: its first byte in the packet, and how many bytes its header has."""

    name: str
    place: int
    size: int
    fields: tuple[FieldSeen, ...] = ()


@dataclass(frozen=True, slots=True)
class PacketSeen:
    """One packet of the evidence.

    Attributes:
        frame: its file and number.
        time: nanoseconds since 1970 UTC.
        length: bytes that it had on the wire.
        data: its first bytes.
        stack: the names of its layers, joined by colons.
        layers: outermost first.
        expected, actual: fields that break a rule, as the finding has them.
        rules: the rules that it breaks.
    """

    frame: Frame
    time: int
    length: int
    data: bytes
    stack: str
    layers: tuple[LayerSeen, ...]
    expected: Mapping[str, str]
    actual: Mapping[str, str]
    rules: tuple[str, ...] = ()
