"""The summary of a capture: the results of its tasks, joined.

Frames are counted from the start of the file, whichever range they are in. The summary does not know how
captures are read.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

import numpy as np
import polars as pl

from pcapcheck.capture.arrays import Ints
from pcapcheck.capture.inputs import Input
from pcapcheck.capture.interface import CaptureInterface
from pcapcheck.collect.counts import ranked
from pcapcheck.collect.fingerprint import fingerprints_of, keys_of_a_variant, some
from pcapcheck.collect.merge import merge
from pcapcheck.errors import InputError
from pcapcheck.scale import scratch
from pcapcheck.scale.scratch import StoredFrame

CLOCK_QUALITIES = ("ns", "us", "user-space", "seconds", "none")  # what times are worth, the finest first
GOPACKET = "intf0"  # google/gopacket:pcapgo/ngwrite.go, NewNgWriter
NAMED_AFTER_ENDS = re.compile(r"\w+: .* -> \w+: .*|Unknown kubernetes resource", re.DOTALL)
MAX_ERRORS_SHOWN = 5  # captures that one message names; more would add nothing


@dataclass(frozen=True, slots=True)
class RangeSummary:
    """The result of a task.

    `sightings` is empty unless all of them are kept, and `keys` are fingerprints. `frames` is how many frame
    numbers the records of the range took, and `error` is why the range could not be read.
    """

    variants: StoredFrame = field(default_factory=pl.DataFrame)
    sightings: StoredFrame = field(default_factory=pl.DataFrame)
    keys: StoredFrame = field(default_factory=pl.DataFrame)
    packets: int = 0
    frames: int = 0
    interfaces: tuple[CaptureInterface, ...] = ()
    truncated: bool = False
    clock: str = "none"
    notes: tuple[str, ...] = ()
    comments: int = 0
    format: str = ""
    error: str | None = None
    proven: bool = True


@dataclass(frozen=True, slots=True)
class StoredSightings:
    """The sightings of a task, stored with the task's numbers, and the numbers of the whole capture.

    Attributes:
        kept: the sightings.
        places: the number of each `variant` in the capture, `to`; None: it is the same.
        before: how many packets of the capture come before those of the task.
    """

    kept: StoredFrame
    places: pl.DataFrame | None = None
    before: int = 0

    def __len__(self) -> int:
        return scratch.height(self.kept)

    def load(self) -> pl.DataFrame:
        """Return the sightings as the whole capture numbers them."""
        found = scratch.load(self.kept)
        return found if self.places is None else moved(found, self.places, self.before)

    def called(self, variant: Ints) -> Ints:
        """Return the numbers in the whole capture of variants of the task, int64 (n,) -> (n,)."""
        if self.places is None:
            return variant
        to = np.empty(len(self.places), np.int64)
        to[self.places["variant"].to_numpy()] = self.places["to"].to_numpy()
        return to[variant]


@dataclass(frozen=True, slots=True)
class CaptureSummary:
    """One capture after its tasks: their results joined, frames counted from the start of the file.

    Attributes:
        input: the capture as the user named it.
        variants: see `Variants.frame`.
        sightings: see `gather`; empty if only fingerprints are kept, spilled if there are many.
        keys: fingerprints of some packets of each variant.
        packets: how many the capture holds.
        interfaces, truncated, clock, notes: see `capture.source`.
        comments: how many packets have comments.
        format: pcap or pcapng, and how it is compressed.
        error: why it could not be read, else None.
    """

    input: Input
    variants: pl.DataFrame
    sightings: tuple[StoredSightings, ...]
    keys: StoredFrame
    packets: int
    interfaces: tuple[CaptureInterface, ...]
    truncated: bool
    clock: str
    notes: tuple[str, ...]
    comments: int
    format: str
    error: str | None


def join(each: Input, parts: Sequence[RangeSummary], most: int | None = None) -> CaptureSummary:
    """Join the results of one capture's tasks; if one of them failed, none of them counts.

    Args:
        each: the capture.
        parts: the results.
        most: how many packets of each variant are kept; None: all.
    """
    error = next((part.error for part in parts if part.error), None)
    if error:
        parts = [RangeSummary(error=error)]
    variants, sightings, keys = _merged(parts, most)
    interfaces = _interfaces([part.interfaces for part in parts])
    if len(interfaces) > 1 and all(_of_ends(one) for one in interfaces):
        interfaces = (CaptureInterface(interfaces[0].linktype),)
        if variants.width:
            variants = variants.with_columns(pl.lit(0, variants.schema["interface"]).alias("interface"))
    if any(one.absent for one in interfaces):
        interfaces, variants = _of_consoles(interfaces, variants)
    return CaptureSummary(
        input=each,
        variants=variants,
        sightings=sightings,
        keys=keys,
        packets=sum(part.packets for part in parts),
        interfaces=interfaces,
        truncated=any(part.truncated for part in parts),
        clock=_clock([part.clock for part in parts], interfaces),
        notes=tuple(dict.fromkeys(note for part in parts for note in part.notes)),
        comments=sum(part.comments for part in parts),
        format=parts[0].format,
        error=_as_shown(each, error) if error else None,
    )


def _of_consoles(
    interfaces: Sequence[CaptureInterface], variants: pl.DataFrame
) -> tuple[tuple[CaptureInterface, ...], pl.DataFrame]:
    """Return one interface for each console and device of a text, and the variants with its number.

    The packets of a console have several interfaces, by what was printed of them. Once they are decoded, that
    distinguishes nothing any more.
    """
    numbers: dict[tuple[int, str, str], int] = {}
    keys = [(one.linktype, one.name, one.description) for one in interfaces]
    of = [numbers.setdefault(key, len(numbers)) for key in keys]
    several = [
        [one for one, at in zip(interfaces, of, strict=True) if at == number]
        for number in range(len(numbers))
    ]
    joined = tuple(
        replace(each[0], absent=frozenset().union(*(one.absent for one in each))) for each in several
    )
    if variants.width:
        before = variants["interface"].to_numpy()
        told = pl.Series(np.array(of, np.uint16)[before], dtype=variants.schema["interface"])
        lacks = [" ".join(sorted(one.absent)) or None for one in interfaces]
        lacking = pl.Series([lacks[number] for number in before.tolist()], dtype=pl.String)
        variants = variants.with_columns(interface=told, unprinted=lacking)
    return joined, variants


def _clock(clocks: Sequence[str], interfaces: Sequence[CaptureInterface]) -> str:
    """Return the quality of the clock.

    Gopacket, which is known by its name for interfaces, reads the clock in user space.
    """
    finest = min(clocks, key=CLOCK_QUALITIES.index)
    fine = finest in ("ns", "us")
    return "user-space" if fine and any(each.name == GOPACKET for each in interfaces) else finest


def _of_ends(interface: CaptureInterface) -> bool:
    """Whether an interface is named after the ends of its one packet (netobserv, first versions)."""
    return bool(NAMED_AFTER_ENDS.fullmatch(interface.name))


def _as_shown(each: Input, error: str) -> str:
    """Return an error message with the name that the user gave to a capture that was unpacked or copied."""
    return each.shown + error.removeprefix(each.path) if error.startswith(f"{each.path}:") else error


def _merged(
    parts: Sequence[RangeSummary], most: int | None
) -> tuple[pl.DataFrame, tuple[StoredSightings, ...], StoredFrame]:
    """Join the equal variants of several ranges; return the variants, the sightings and the fingerprints."""
    found = [(part, scratch.take(part.variants)) for part in parts]
    whole = [(part, frame) for part, frame in found if frame.width]
    if not whole:
        return pl.DataFrame(), (), pl.DataFrame()
    if len(whole) == 1:
        part, frame = whole[0]
        keys = part.keys if most is None else fingerprints_of(scratch.load(part.keys), len(frame))
        return frame, (StoredSightings(part.sightings),), keys
    starts = list(accumulate((part.frames for part, _ in whole[:-1]), initial=0))
    variants, places = merge([frame for _, frame in whole], starts)
    pieces = tuple(
        StoredSightings(part.sightings, place, start)
        for (part, _), place, start in zip(whole, places, starts, strict=True)
    )
    keys = pl.concat(
        [renumbered(scratch.take(part.keys), place) for (part, _), place in zip(whole, places, strict=True)]
    )
    if most is not None:
        return variants, pieces, fingerprints_of(first_of_each(keys, most), len(variants))
    return variants, pieces, some(keys, ["variant"], keys_of_a_variant(len(variants)))


def first_of_each(keys: pl.DataFrame, most: int) -> pl.DataFrame:
    """Return the first `most` keys of each variant, so that they do not depend on where the file was cut."""
    order, place = ranked(keys["variant"].to_numpy())
    return keys[np.sort(order[place < most])]


def moved(sightings: pl.DataFrame, places: pl.DataFrame, packets: int) -> pl.DataFrame:
    """Return sightings with new numbers of their variants; `packets` lie before them."""
    return renumbered(sightings, places).with_columns(pl.col("frame") + packets)


def renumbered(frame: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Return a frame with new numbers of its variants, from `variant` to `to` of `places`."""
    told = frame.join(places, on="variant", how="left", maintain_order="left")
    return told.with_columns(pl.col("to").alias("variant")).drop("to")


def _interfaces(seen: Sequence[tuple[CaptureInterface, ...]]) -> tuple[CaptureInterface, ...]:
    """Return the interfaces with their counters, which lie behind the packets, so that one range has them."""
    described = max(seen, key=len)
    return tuple(
        next((each[number] for each in reversed(seen) if _counted(each, number)), interface)
        for number, interface in enumerate(described)
    )


def _counted(interfaces: tuple[CaptureInterface, ...], number: int) -> bool:
    if number >= len(interfaces):
        return False
    return (interfaces[number].dropped, interfaces[number].start, interfaces[number].end) != (
        None,
        None,
        None,
    )


def unreadable(errors: Sequence[str]) -> InputError:
    """Return the error of a run none of whose captures can be read: the only one, or a list of the first."""
    said, _, fix = errors[0].rpartition("\n  fix: ")
    where, _, what = said.partition(": ")
    if len(errors) == 1:
        return InputError(where, what, fix)
    first = "".join(f"\n    {each.splitlines()[0]}" for each in errors[:MAX_ERRORS_SHOWN])
    more = f"\n    and {len(errors) - MAX_ERRORS_SHOWN} more" if len(errors) > MAX_ERRORS_SHOWN else ""
    return InputError(f"{len(errors)} captures", f"none of them can be read{first}{more}", fix)
