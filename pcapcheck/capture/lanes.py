"""Lanes: a walk from record to record that starts at many places of a window at once.

The result is exactly that of the plain walk. First, places are guessed at which a record seems to start. Then
a lane is walked from each of them, all in step: one numpy operation reads one record of every lane. A lane
counts only if the lane before it ended exactly where it starts. Where this fails, the records are walked one
by one until one starts where a lane does.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from pcapcheck.capture.arrays import Bools, Bytes, Ints, Words32, at_every_byte
from pcapcheck.capture.chain import Chain, Walk, walk

RECORD_SAMPLE = 1 << 16  # bytes that are walked record by record, to learn how long records are
MIN_RECORDS = 1000  # with fewer, the plain walk is faster
# Lanes for the square root of the number of records: fewer mean more steps, more mean longer guessing.
LANES = 2.5
MIN_LANE_SIZE = 64  # bytes: about a record of the smallest packet
MIN_LANES = 16  # with fewer, a step in numpy costs more than their records one by one
FIRST_LOOK = 1024  # bytes in which the start of a lane is looked for at first: most records are shorter
LOOKED_AT = 4 << 20  # bytes that are looked at in one go, in all lanes together
SELECTIVE = 8  # the cheap test must leave at most one byte in this many; else there is too much to test
TRIED = 100  # places that seem to be starts, until one is given up
CHAINED = 3  # plausible records that must follow a guessed one


class Signs(NamedTuple):
    """How to recognise the start of a record.

    Attributes:
        place: a byte of the record's header ...
        values: ... and what it can be; a cheap test that goes first.
        plausible: tells of int64 (k,) places whether a record may start there; bool (k,).
    """

    place: int
    values: tuple[int, ...]
    plausible: Callable[[Ints], Bools]


class Lanes(NamedTuple):
    """Walks of one window. Lane i has the records starts[bound[i] : bound[i + 1]].

    Attributes:
        first: int64 (k,), where each lane starts.
        end: int64 (k,), where it stopped: at or behind the next lane's start, or where it could not go on.
        starts: int64 (n,), the records of all lanes.
        bound: int64 (k + 1,).
    """

    first: Ints
    end: Ints
    starts: Ints
    bound: Ints


def walk_in_lanes(data: Bytes, chain: Chain, signs: Signs, *, lanes: int | None = None) -> Walk:
    """Return what `chain.walk` returns, in less time.

    Args:
        data: the bytes; the first record starts where they start.
        chain: how the records are chained.
        signs: how to recognise their starts.
        lanes: how many lanes; None: as many as seem best.
    """
    if lanes is None and len(data) <= 2 * RECORD_SAMPLE:  # what a sample tells would come too late
        return walk(data, chain)
    count = min(_best_number(data, chain) if lanes is None else lanes, len(data) // MIN_LANE_SIZE)
    if count < MIN_LANES:
        return walk(data, chain)
    return _join(data, chain, _walk_lanes(data, chain, _guess_starts(data, chain, signs, count)))


def first_start(data: Bytes, chain: Chain, signs: Signs) -> int | None:
    """Return the first place at which a record seems to start that hangs together to the end of the data."""
    if len(data) < MIN_LANE_SIZE:
        return None
    _, places = _look(data, signs, np.array([0]), len(data))
    places = places[places >= 0]
    for place in places[_chained(data, chain, signs, places)][:TRIED].tolist():
        records = walk(data, chain, place)
        if not records.broken and len(records.starts) > CHAINED and signs.plausible(records.starts).all():
            return int(place)
    return None


def _best_number(data: Bytes, chain: Chain) -> int:
    """Return how many lanes are fastest, or none: too short ones cost more than they save."""
    sample = walk(data[:RECORD_SAMPLE], chain)
    records = len(sample.starts) * len(data) // RECORD_SAMPLE
    return int(LANES * records**0.5) if records >= MIN_RECORDS else 0


def _guess_starts(data: Bytes, chain: Chain, signs: Signs, count: int) -> Ints:
    """Return 0, and a plausible start behind each of count - 1 evenly spaced places, where one is found."""
    spacing = len(data) // count
    wanted = spacing * np.arange(1, count)
    found = [np.array([0], np.int64)]
    width, looked = min(FIRST_LOOK, spacing), 0
    while len(wanted) and looked < spacing:
        wanted = wanted[wanted + looked + width <= len(data)]
        lane, place = _look(data, signs, wanted + looked, width)
        good = _chained(data, chain, signs, place)
        lane, row = np.unique(lane[good], return_index=True)
        found.append(place[good][row])
        wanted = np.delete(wanted, lane)
        looked, width = looked + width, min(4 * width, spacing, LOOKED_AT // max(len(wanted), 1))
    return np.unique(np.concatenate(found))


def _look(data: Bytes, signs: Signs, base: Ints, width: int) -> tuple[Ints, Ints]:
    """Return where the cheap test succeeds in data[base : base + width]: row of `base`, place in `data`.

    Where it succeeds nearly everywhere, as in zeros, it tells nothing, and no place is returned.
    """
    piece = np.ndarray((len(data) - width + 1, width), np.uint8, data, strides=(1, 1))[base]
    seen = piece == signs.values[0]
    for value in signs.values[1:]:
        seen |= piece == value
    if np.count_nonzero(seen) > seen.size // SELECTIVE:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    hit = np.flatnonzero(seen)
    row = hit // width
    place = base[row] + hit % width - signs.place
    return row, place


def _chained(data: Bytes, chain: Chain, signs: Signs, place: Ints) -> Ints:
    """Return which places look like records that plausible records follow; int64, rows of `place`."""
    numbers = at_every_byte(data[chain.place :], chain.order + "u4")
    last = len(data) - chain.header
    row = np.flatnonzero(place <= last)
    row = row[signs.plausible(place[row])]
    at = place[row]
    for _ in range(CHAINED):
        at = np.where(at <= last, at + chain.whole(numbers[np.minimum(at, last)]), at)
        good = (at > last) | signs.plausible(np.minimum(at, last))
        row, at = row[good], at[good]
    return row


def _walk_lanes(data: Bytes, chain: Chain, first: Ints) -> Lanes:
    """Walk each lane to the start of the next one, all in step."""
    length_at = _length_at(data, chain)
    size, last = len(data), len(data) - chain.header
    stop = np.minimum(np.append(first[1:], size), last + 1)
    lane, position = np.arange(len(first)), first
    end, count = first.copy(), np.zeros(len(first), np.int64)
    trail: list[tuple[Ints, Ints]] = []
    while len(lane) >= MIN_LANES:
        length = length_at(position)
        following = position + chain.whole(length)
        possible = chain.possible(length)
        going = possible & (following < stop)
        if np.count_nonzero(going) == len(lane):
            trail.append((lane, position))
            position = following
            continue
        complete = possible & (following <= size)
        end[lane] = np.where(complete, following, position)
        count[lane] = len(trail) + complete
        trail.append((lane[complete], position[complete]))
        lane, position, stop = lane[going], following[going], stop[going]
    end[lane], count[lane] = position, len(trail)
    bound = np.append(0, np.cumsum(count))
    return Lanes(first, end, _assemble(trail, bound), bound)


def _length_at(data: Bytes, chain: Chain) -> Callable[[Ints], Words32]:
    """Return a function that reads lengths of records; `arrays.gather` says why it calls `take` first."""
    if chain.align % 4 == 0 and data.ctypes.data % 4 == 0:
        words = data[: len(data) & ~3].view(chain.order + "u4")[chain.place // 4 :]
        return lambda position: words.take(position >> 2)
    numbers = at_every_byte(data[chain.place :], chain.order + "u4")
    fetch = data[chain.place :].take

    def length_at(position: Ints) -> Words32:
        fetch(position)
        return numbers[position]

    return length_at


def _assemble(trail: list[tuple[Ints, Ints]], bound: Ints) -> Ints:
    """Return the records lane by lane. Step i of the trail has the i-th record of each lane that has one."""
    starts = np.empty(bound[-1], np.int64)
    for step, (lane, position) in enumerate(trail):
        starts[bound[lane] + step] = position
    return starts


def _join(data: Bytes, chain: Chain, lanes: Lanes) -> Walk:
    """Return the records of the lanes that join each other, and what a plain walk finds between them."""
    broken_off = np.flatnonzero(np.append(lanes.end[:-1] != lanes.first[1:], True))
    lane_at = {place: lane for lane, place in enumerate(lanes.first.tolist())}
    pieces, lane = [], 0
    while True:
        last = int(broken_off[np.searchsorted(broken_off, lane)])
        pieces.append(lanes.starts[lanes.bound[lane] : lanes.bound[last + 1]])
        end = int(lanes.end[last])
        if lane_at.get(end, -1) <= last:
            rest = walk(data, chain, end, until=lane_at)
            pieces.append(rest.starts)
            if len(rest.starts) == 0 or rest.end not in lane_at:
                return Walk(np.concatenate(pieces), rest.end, rest.broken)
            end = rest.end
        lane = lane_at[end]
