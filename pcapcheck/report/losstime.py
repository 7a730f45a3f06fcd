"""Loss over time: how many packets of a flow were sent and lost in each slice of time, also as a picture."""

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from pcapcheck.report.markup import Markup, tag
from pcapcheck.report.quantity import count, duration
from pcapcheck.report.report import LossTime, TimeSlice

TIME_SLICES: Final = 48  # bars of the picture
SLICE_WIDTH: Final = 12  # pixels
PICTURE_HEIGHT: Final = 48  # pixels


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
    sent, gone = [0] * TIME_SLICES, [0] * TIME_SLICES
    for time, missing in zip(times, lost, strict=True):
        at = min(TIME_SLICES - 1, (time - first) * TIME_SLICES // span) if span else 0
        sent[at] += 1
        gone[at] += missing
    return LossTime(span, tuple(map(TimeSlice, sent, gone)))


def loss_picture(loss: LossTime) -> Markup:
    """Return bars over time: the packets that were sent, and in red those of them that were lost."""
    most = max((each.sent for each in loss.slices), default=0) or 1
    bars = []
    for number, each in enumerate(loss.slices):
        for kind, packets in (("sent", each.sent), ("gone", each.lost)):
            if packets:
                high = max(2, PICTURE_HEIGHT * packets // most)
                place = {
                    "x": str(number * SLICE_WIDTH),
                    "y": str(PICTURE_HEIGHT - high),
                    "width": str(SLICE_WIDTH - 2),
                    "height": str(high),
                }
                bars.append(tag("rect", class_=kind, **place))
    sent, gone = sum(each.sent for each in loss.slices), sum(each.lost for each in loss.slices)
    said = f"Loss over time: {gone:,} of {count(sent, 'packet')} in {duration(loss.span)}"
    size = {
        "width": str(TIME_SLICES * SLICE_WIDTH),
        "height": str(PICTURE_HEIGHT),
        "viewBox": f"0 0 {TIME_SLICES * SLICE_WIDTH} {PICTURE_HEIGHT}",
    }
    drawn = tag("svg", tag("title", said), *bars, class_="loss", role="img", **size)
    return tag("div", tag("p", said, class_="facts"), drawn)
