"""When packets of a flow were lost: how many were sent and lost, slice by slice of its time.

And as a picture.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from pcapcheck.report.markup import Markup, tag
from pcapcheck.report.quantity import count, duration
from pcapcheck.report.report import LossTime, TimeSlice

SLICES: Final = 48
WIDE: Final = 12  # of a slice of the picture, in pixels
HIGH: Final = 48


def loss_times(losses: pl.DataFrame) -> Mapping[int, LossTime]:
    """Return when packets were lost, by direction.

    Args:
        losses: as `Network.losses`.
    """
    if losses.is_empty():
        return {}
    lost = losses.filter(pl.col("fate") == "lost").group_by("direction", "step", "next_step").len()
    most = [pl.col("len").cast(pl.Int64).neg(), "direction", "step", "next_step"]
    worst = lost.sort(most).unique("direction", keep="first", maintain_order=True)
    rows = losses.join(worst.drop("len"), on=["direction", "step", "next_step"], how="semi")
    return {
        int(str(direction)): _sliced(part["time"].to_list(), (part["fate"] == "lost").to_list())
        for (direction,), part in rows.group_by("direction", maintain_order=True)
    }


def _sliced(times: Sequence[int], lost: Sequence[bool]) -> LossTime:
    first, span = min(times), max(times) - min(times)
    sent, gone = [0] * SLICES, [0] * SLICES
    for time, missing in zip(times, lost, strict=True):
        at = min(SLICES - 1, (time - first) * SLICES // span) if span else 0
        sent[at] += 1
        gone[at] += missing
    return LossTime(span, tuple(map(TimeSlice, sent, gone)))


def loss_picture(loss: LossTime) -> Markup:
    """Return bars over time: what was sent, and the lost part of it in red."""
    most = max((each.sent for each in loss.slices), default=0) or 1
    bars = []
    for number, each in enumerate(loss.slices):
        for kind, packets in (("sent", each.sent), ("gone", each.lost)):
            if packets:
                high = max(2, HIGH * packets // most)
                place = {
                    "x": str(number * WIDE),
                    "y": str(HIGH - high),
                    "width": str(WIDE - 2),
                    "height": str(high),
                }
                bars.append(tag("rect", class_=kind, **place))
    sent, gone = sum(each.sent for each in loss.slices), sum(each.lost for each in loss.slices)
    said = f"Loss over time: {gone:,} of {count(sent, 'packet')} in {duration(loss.span)}"
    size = {"width": str(SLICES * WIDE), "height": str(HIGH), "viewBox": f"0 0 {SLICES * WIDE} {HIGH}"}
    drawn = tag("svg", tag("title", said), *bars, class_="loss", role="img", **size)
    return tag("div", tag("p", said, class_="facts"), drawn)
