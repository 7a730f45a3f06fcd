"""Relative sequence numbers of TCP, put right as tcpdump made them: print-tcp.c, `tcp_print`.

tcpdump prints the numbers of a connection's first packet with an acknowledgement, and of every SYN, as they
are, and all others as distances from these. Where that first line is missing, a number stays unknown.
"""

from typing import Final, NamedTuple

WORD: Final = 1 << 32
NEAR: Final = 1 << 26  # a first number below this is a distance, whose beginning was not printed
MAX_CONVERSATIONS: Final = 1 << 17  # of one console, so that memory stays bounded

End = tuple[str, int]


class AbsoluteNumbers(NamedTuple):
    """Sequence and acknowledgement number as they were in the packet; None where they are not known."""

    seq: int | None
    ack: int | None


class Sequences:
    """The connections of one console.

    Attributes:
        askers: who asked last for an address by ARP; the answer goes there.
    """

    def __init__(self) -> None:
        self.askers: dict[str, str] = {}
        self._bases: dict[tuple[End, End], tuple[int | None, int | None]] = {}

    def absolute(
        self, ends: tuple[End, End], seq: int | None, ack: int | None, *, syn: bool
    ) -> AbsoluteNumbers:
        """Return the numbers of a segment.

        Args:
            ends: who sends, and to whom.
            seq: as printed; None where it was not.
            ack: likewise.
            syn: whether it begins a connection.
        """
        if ack is None:
            return AbsoluteNumbers(seq, None)
        bases = None if syn else self._bases.get(ends)
        if bases is None:
            return self._first(ends, seq, ack, syn=syn)
        return AbsoluteNumbers(_restored(seq, bases[0]), _restored(ack, bases[1]))

    def acknowledged(self, ends: tuple[End, End], printed: int) -> int:
        """Return a number of a SACK block, which counts from where acknowledgements do."""
        found = _restored(printed, self._bases.get(ends, (None, None))[1])
        return printed if found is None else found

    def _first(self, ends: tuple[End, End], seq: int | None, ack: int, *, syn: bool) -> AbsoluteNumbers:
        """Take a first segment: its numbers are absolute, unless they are small."""
        if len(self._bases) >= MAX_CONVERSATIONS:
            self._bases.clear()
        if not syn and ack < NEAR and (seq is None or seq < NEAR):
            return AbsoluteNumbers(None, None)
        mine, theirs = seq, (ack - 1) % WORD
        self._bases[ends] = (mine, theirs)
        self._bases[ends[::-1]] = (theirs, mine)
        return AbsoluteNumbers(seq, ack)


def _restored(printed: int | None, base: int | None) -> int | None:
    """Return a number that was printed as a distance, or as it is (`-S`): whichever is nearer to its base."""
    if printed is None:
        return None
    if base is None:
        return printed if printed >= NEAR else None
    distance = (printed - base) % WORD
    near = min(distance, WORD - distance)
    return printed if near < min(printed, WORD - printed) else (base + printed) % WORD
