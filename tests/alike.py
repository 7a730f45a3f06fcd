"""Compares what tasks found: the same packets, whatever numbers their variants have."""

import polars as pl


def told(found):
    """Return what a task found, its variants called by their first frame."""
    if found.error:
        return found.error
    first = found.variants.select("variant", pl.col("frame1").alias("called"))

    def called(frame):
        return frame.join(first, on="variant", how="left", maintain_order="left").drop("variant")

    keys = called(found.keys).sort("called", "strong", "time")
    frames = (found.variants.drop("variant").sort("frame1"), called(found.sightings), keys)
    about = (found.packets, found.frames, found.interfaces, found.truncated, found.clock, found.notes)
    return [frame.rows() for frame in frames], about, found.format, found.comments, found.proven
