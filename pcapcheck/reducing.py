"""The reduce stage: sightings of all captures, in partitions of joined flows, followed from hop to hop.

A correlation of any input size holds one partition at a time (and one a worker). Takes what the map stage
kept, gives the network with hops, losses and passes; it knows no rules.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from pcapcheck import spill
from pcapcheck.correlate.follow import Followed, follow, located
from pcapcheck.correlate.looking import windows
from pcapcheck.correlate.network import Network
from pcapcheck.correlate.together import PAIR, together
from pcapcheck.partitioning import Partition, partitions
from pcapcheck.placing import Placed
from pcapcheck.resources import Resources
from pcapcheck.spill import Kept

FEW: Final = 2_000  # packets that need not be kept apart


@dataclass(frozen=True, slots=True)
class Part:
    """One partition, and where more can be kept."""

    partition: Partition
    number: int
    scratch: str | None


def reduce_all(placed: Placed, network: Network, using: Resources) -> Network:
    """Follow the packets of all partitions; return the network with what became of them.

    Raises:
        InputError: a flow is too large for the memory that was given, or the scratch folder is full.
    """
    seen = replace(network, windows=windows(placed.windows(network.offsets), network))
    parts = enumerate(partitions(placed, seen, using))
    tasks = (Part(each, number, using.scratch) for number, each in parts)
    done = list(using.crew.run(_reduce, tasks))
    if not done:
        return seen
    found = together([each for each, _ in done], _others(done))
    order = ["direction", "step"]
    proof = [*order, "file", "frame"]
    return replace(
        seen,
        hops=found.hops.sort(order),
        losses=found.losses.sort(proof),
        passes=found.passes.sort(proof),
        late=found.late.sort(proof),
        damaged=found.damaged.sort(proof),
    )


def _reduce(part: Part) -> tuple[Followed, Kept]:
    """Follow one partition; any process can do it. What other partitions may ask for is kept apart."""
    pieces, network = part.partition
    sightings = pl.concat([spill.load(piece) for piece in pieces])
    found = follow(located(sightings, network), network, network.windows)
    others = spill.keep(found.others, part.scratch, f"others-{part.number}", rows=FEW)
    return replace(found, others=found.others.clear()), others


def _others(done: Sequence[tuple[Followed, Kept]]) -> list[pl.DataFrame]:
    """Return the packets of pairs that lost none in their partition, but some in another."""
    if len(done) == 1:
        return []
    lost = pl.concat([each.losses.filter(pl.col("fate") == "lost").select(PAIR) for each, _ in done]).unique()
    if lost.is_empty():
        return []
    return [spill.only(others, lost) for _, others in done]
