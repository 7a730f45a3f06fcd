"""Compares what tasks found: the same packets, whatever numbers their variants have."""

import polars as pl

from pcapcheck.scale import scratch


def told(found):
    """Return what a task found, its variants called by their first frame."""
    if found.error:
        return found.error
    variants, sightings, keys = map(scratch.load, (found.variants, found.sightings, found.keys))
    first = variants.select("variant", pl.col("frame1").alias("called"))

    def called(frame):
        return frame.join(first, on="variant", how="left", maintain_order="left").drop("variant")

    picked = called(keys).sort("called", "strong", "time")
    frames = (variants.drop("variant").sort("frame1"), called(sightings), picked)
    about = (found.packets, found.frames, found.interfaces, found.truncated, found.clock, found.notes)
    return [frame.rows() for frame in frames], about, found.format, found.comments, found.proven
