"""The property that separates lost packets from delivered ones best, by information gain.

An expert does the same by eye ("only the large ones are lost"). A gain of 1 is a clean cut: the property
alone tells which packets are lost.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

EQUAL = 1e-9
CLEAN = (
    1 - EQUAL
)  # the gain of a cut that leaves no lost packet on one side and no delivered one on the other
LISTED = 3  # values of a property that are named
# How a sentence says which packets are lost, by property.
SENTENCES = {
    "form": "all {} travel as {}",
    "protocol": "all {} are {}",
    "port": "all {} belong to {}",
    "destination": "all {} go to {}",
    "destination_port": "all {} go to port {}",
    "source": "all {} come from {}",
    "source_port": "all {} come from client port {}",
    "direction": "all {} are {}",
    "family": "all {} are {}",
    "traffic": "all {} are {}",
    "pair": "all {} go from {}",
}


@dataclass(frozen=True, slots=True)
class Qualifier:
    """A property, the values of the lost, how clean the cut is (0…1), the threshold of a length.

    `others` says that the lost packets have more values than are named.
    """

    name: str
    value: str
    gain: float
    threshold: int | None = None
    others: bool = False

    @property
    def says(self) -> str:
        """Return in words what separates lost from delivered packets, "" if no property does."""
        return self.of("lost packets")

    def of(self, which: str) -> str:
        """Return in words what these have and the others do not, "" if no property separates them."""
        if self.name in ("everything", "nothing") or self.gain < 0.5:
            return ""
        if self.threshold is not None:
            which = "exactly the" if self.gain >= CLEAN else "mainly"
            return f"{which} packets of {self.threshold} bytes and more are lost"
        value = self.value.upper() if self.name == "protocol" else self.value
        others = " and others" if self.others else ""
        return SENTENCES[self.name].format(which, value + others)


def qualify(rows: pl.DataFrame, columns: Mapping[str, str]) -> Qualifier:
    """Return the property with the highest gain; the first of equal ones, and a length only if it is better.

    Args:
        rows: packets that were lost (`fate` is "lost") or delivered, with `size`.
        columns: property -> column.
    """
    lost, total = int((rows["fate"] == "lost").sum()), len(rows)
    before = _entropy(lost, total - lost)
    if before == 0:
        return Qualifier("everything" if lost else "nothing", "", 1.0)
    best = Qualifier("nothing", "", 0.0)
    for name, column in columns.items():
        table = rows.group_by(column).agg(
            (pl.col("fate") == "lost").sum().alias("lost"), pl.len().alias("all")
        )
        counts = [(int(row[1]), int(row[2]) - int(row[1])) for row in table.iter_rows()]
        gain = (before - _mean(counts, total)) / before
        if gain > best.gain + EQUAL:
            values = table.filter(pl.col("lost") > 0)[column].cast(pl.String).sort().to_list()
            named = ", ".join(str(value) for value in values[:LISTED])
            best = Qualifier(name, named, gain, others=len(values) > LISTED)
    return _length(rows, before, best)


def _length(rows: pl.DataFrame, before: float, best: Qualifier) -> Qualifier:
    """Return the best cut by length if it is better than the best property so far."""
    table = (
        rows.group_by("size")
        .agg((pl.col("fate") == "lost").sum().alias("lost"), pl.len().alias("all"))
        .sort("size")
    )
    lost_above, all_above, total = 0, 0, len(rows)
    lost_total = int(table["lost"].sum())
    for size, lost, every in table.sort("size", descending=True).iter_rows():
        lost_above, all_above = lost_above + int(lost), all_above + int(every)
        if not lost:
            continue
        below = (lost_total - lost_above, total - all_above - (lost_total - lost_above))
        gain = (before - _mean([(lost_above, all_above - lost_above), below], total)) / before
        if gain > best.gain + EQUAL:
            best = Qualifier("length", f"{size} bytes and more", gain, int(size))
    return best


def _mean(counts: list[tuple[int, int]], total: int) -> float:
    """Return the mean entropy of the parts, weighted by their size."""
    return sum((a + b) / total * _entropy(a, b) for a, b in counts)


def _entropy(a: int, b: int) -> float:
    if not a or not b:
        return 0.0
    p = a / (a + b)
    return -(p * math.log2(p) + (1 - p) * math.log2(1 - p))
