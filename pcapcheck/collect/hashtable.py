"""A hash table of rows of 64-bit words, which numbers distinct rows in the order of their first sight.

It uses open addressing over a mixed hash of the words, and looks up all rows of a block at once. A row gets a
number only if its words equal those of the number's first row, so a collision of hashes never joins two rows.
The table does not know what the words mean.
"""

from collections.abc import Sequence
from random import Random, SystemRandom

import numpy as np

from pcapcheck.capture.arrays import Ints, Words64

MULTIPLIERS = 256
# Odd numbers that are the same in every process, since identities of several files are compared.
KNOWN: Words64 = np.frombuffer(Random(2026).randbytes(8 * MULTIPLIERS), np.uint64) | np.uint64(1)
# Odd numbers for tables, secret, so that packets whose hashes collide cannot be crafted.
SECRET: Words64 = np.frombuffer(SystemRandom().randbytes(8 * MULTIPLIERS), np.uint64) | np.uint64(1)
_FINAL = np.uint64(0xFF51AFD7ED558CCD)  # MurmurHash3's finaliser
_32 = np.uint64(32)
_29 = np.uint64(29)


def mix(words: Words64, multipliers: Words64 = KNOWN) -> Words64:
    """Return a hash of each row of uint64 (n, width); never 0."""
    return mix_columns([words[:, number] for number in range(words.shape[1])], len(words), multipliers)


def mix_columns(columns: Sequence[Words64], n: int, multipliers: Words64 = KNOWN) -> Words64:
    """Return a hash of each row of some columns, uint64 (n,); never 0."""
    mixed: Words64 = np.zeros(n, np.uint64)
    shifted = np.empty_like(mixed)
    for number, column in enumerate(columns):
        mixed *= multipliers[number % len(multipliers)]
        mixed ^= column
        mixed ^= np.right_shift(mixed, _29, out=shifted)
    mixed *= _FINAL
    mixed ^= np.right_shift(mixed, _32, out=shifted)
    mixed *= multipliers[0]
    return np.maximum(mixed, np.uint64(1))


class Table:
    """A table of distinct rows of `width` words.

    Attributes:
        count: how many distinct rows there are.
        rows: uint64 (count, width), each distinct row.
    """

    def __init__(self, width: int, multipliers: Words64 = SECRET) -> None:
        self._width, self._multipliers = width, multipliers
        self._bits = 10
        self._hash = np.zeros(1 << self._bits, np.uint64)
        self._number = np.zeros(1 << self._bits, np.int64)
        self._rows = np.zeros((256, width), np.uint64)
        self._hashes = np.zeros(256, np.uint64)
        self.count = 0

    @property
    def rows(self) -> Words64:
        """The distinct rows so far, uint64 (count, width)."""
        return self._rows[: self.count]

    def number(self, words: Words64) -> tuple[Ints, Ints]:
        """Return the number of each row of uint64 (n, width), and the positions of rows never seen before.

        New rows get the next numbers, in the order of their positions.
        """
        hashes = mix(words, self._multipliers)
        start = self.count
        numbers, first = self._find(hashes)
        if len(first):
            self._keep(words[first], hashes[first])
        wrong = self._wrong(words, numbers)
        if len(wrong):
            first = np.concatenate([first, self._collided(words, numbers, wrong)])
        assert self.count == start + len(first)
        return numbers, first

    def _keep(self, words: Words64, hashes: Words64) -> None:
        """Store new rows."""
        end = self.count + len(words)
        if end > len(self._rows):
            room = max(end, 2 * len(self._rows))
            self._rows = np.concatenate(
                [self._rows, np.zeros((room - len(self._rows), self._width), np.uint64)]
            )
            self._hashes = np.concatenate([self._hashes, np.zeros(room - len(self._hashes), np.uint64)])
        self._rows[self.count : end] = words
        self._hashes[self.count : end] = hashes
        self.count = end

    def _wrong(self, words: Words64, numbers: Ints) -> Ints:
        """Return the positions whose words differ from those of the number that their hash found."""
        differs = self._rows.take(numbers, axis=0) != words
        return np.flatnonzero(differs.any(axis=1)) if differs.any() else np.zeros(0, np.int64)

    def _collided(self, words: Words64, numbers: Ints, wrong: Ints) -> Ints:
        """Give numbers to rows that share their hash with another row; return the positions that are new.

        Such rows are very rare. They have no slot in the hash table and are compared one by one.
        """
        new: list[int] = []
        for position in wrong.tolist():
            same = np.flatnonzero((self.rows == words[position]).all(axis=1))
            if len(same):
                numbers[position] = same[0]
                continue
            numbers[position] = self.count
            self._keep(words[position : position + 1], np.zeros(1, np.uint64))
            new.append(position)
        return np.array(new, np.int64)

    def _find(self, hashes: Words64) -> tuple[Ints, Ints]:
        """Return the number of each hash, and the positions that are new; enter the new ones."""
        slot = self._slots(hashes)
        numbers = self._number.take(slot)
        missed = np.flatnonzero(self._hash.take(slot) != hashes)
        if not len(missed):
            return numbers, missed
        self._make_room(len(missed))
        fresh, place = self._probe(hashes, missed, numbers)
        if not len(fresh):
            return numbers, fresh
        order = np.argsort(fresh, kind="stable")
        fresh, place = fresh[order], place[order]
        leader = np.unique(place, return_index=True)[1]
        first = np.sort(fresh[leader])
        self._number[self._place_of(first, fresh, place)] = self.count + np.arange(len(first))
        numbers[fresh] = self._number.take(place)
        return numbers, first

    @staticmethod
    def _place_of(first: Ints, fresh: Ints, place: Ints) -> Ints:
        """Return the slot of each position in `first`; `fresh` is sorted."""
        return place[np.searchsorted(fresh, first)]

    def _probe(self, hashes: Words64, missed: Ints, numbers: Ints) -> tuple[Ints, Ints]:
        """Walk the slots of `missed` until each is found or entered.

        Returns:
            Positions entered now, and their slots.
        """
        wanted, slot, last = hashes[missed], self._slots(hashes[missed]), np.int64((1 << self._bits) - 1)
        entered: list[Ints] = []
        places: list[Ints] = []
        new = np.zeros(len(self._hash), bool)
        while len(missed):
            free = self._hash.take(slot) == 0
            self._hash[slot[free]] = wanted[free]  # where several hashes want one slot, the last one gets it
            new[slot[free]] = True
            found = self._hash.take(slot) == wanted
            fresh = found & new.take(slot)
            numbers[missed[found]] = self._number.take(slot[found])
            entered.append(missed[fresh])
            places.append(slot[fresh])
            missed, wanted, slot = missed[~found], wanted[~found], (slot[~found] + 1) & last
        return np.concatenate(entered), np.concatenate(places)

    def _slots(self, hashes: Words64) -> Ints:
        return (hashes >> np.uint64(64 - self._bits)).view(np.int64)

    def _make_room(self, new: int) -> None:
        """Keep the table at most half full."""
        if 2 * (self.count + new) <= len(self._hash):
            return
        while 2 * (self.count + new) > 1 << self._bits:
            self._bits += 1
        self._bits += 1
        self._hash = np.zeros(1 << self._bits, np.uint64)
        self._number = np.zeros(1 << self._bits, np.int64)
        hashes = self._hashes[: self.count]
        known = np.flatnonzero(hashes)
        self._enter(hashes[known], known)

    def _enter(self, hashes: Words64, numbers: Ints) -> None:
        """Enter known hashes into an empty table; they are distinct."""
        slot, last = self._slots(hashes), np.int64((1 << self._bits) - 1)
        while len(hashes):
            free = self._hash.take(slot) == 0
            self._hash[slot[free]] = hashes[free]
            found = self._hash.take(slot) == hashes
            self._number[slot[found]] = numbers[found]
            hashes, numbers, slot = hashes[~found], numbers[~found], (slot[~found] + 1) & last
