import polars as pl

from pcapcheck.captured import first_of_each


def test_the_first_sightings_of_each_variant_are_kept_in_their_order():
    sightings = pl.DataFrame({"variant": [1, 0, 1, 1, 0], "frame": [1, 2, 3, 4, 5]})
    assert first_of_each(sightings, 2)["frame"].to_list() == [1, 2, 3, 5]
    assert first_of_each(sightings, 1)["frame"].to_list() == [1, 2]
