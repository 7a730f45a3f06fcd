"""Fact: one statement of evidence about some flows, with the frames that prove it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from pcapcheck.check.finding import Frame

Word: TypeAlias = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Fact:
    """One observation.

    Attributes:
        evidence: its kind, which is the name of the module in `evidence/` that found it.
        says: one sentence for a reader.
        flows: numbers of the flows that it is about; empty if it is about an interface or an address.
        frames: the proof; look at the first one first.
        packets: how many packets show it.
        about: the words that causes match on, and that fill the placeholders of their texts: sender,
            receiver, field, share, …
        findings: indices of the findings that it is made of.
        filter: a Wireshark display filter that shows it.
    """

    evidence: str
    says: str
    flows: frozenset[int]
    frames: tuple[Frame, ...]
    packets: int
    about: Mapping[str, Word] = field(default_factory=dict)
    findings: tuple[int, ...] = ()
    filter: str | None = None
