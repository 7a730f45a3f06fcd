"""Apart: each capture gets what is its own, numbered as if it had been read alone."""

import numpy as np
import polars as pl

from pcapcheck.collect.batch import split
from pcapcheck.collect.gather import Gathered


def test_each_capture_gets_its_own_variants_sightings_and_keys():
    found = Gathered(
        variants=pl.DataFrame(
            {"variant": [0, 1, 2, 3], "interface": [3, 0, 1, 0], "frame1": [2, 2, 1, 1]},
            schema_overrides={"interface": pl.UInt16},
        ),
        sightings=pl.DataFrame({"variant": [3, 1, 3, 2, 0], "frame": [1, 2, 3, 1, 2]}),
        keys=pl.DataFrame({"variant": [1, 0], "strong": [7, 8]}),
        packets=5,
    )
    first, none, last = split(found, np.array([0, 1, 1]), [3, 0, 2])
    assert (first.packets, none.packets, last.packets) == (3, 0, 2)
    assert first.variants.rows() == [(0, 0, 1), (1, 0, 2)]
    assert first.sightings.rows() == [(0, 1), (1, 2), (0, 3)]
    assert first.keys.rows() == [(1, 7)]
    assert [len(frame) for frame in (none.variants, none.sightings, none.keys)] == [0, 0, 0]
    assert last.variants.rows() == [(0, 0, 1), (1, 2, 2)]
    assert last.sightings.rows() == [(0, 1), (1, 2)]
    assert last.keys.rows() == [(1, 8)]
