import polars as pl

from pcapcheck import spill
from pcapcheck.capture.inputs import Input
from pcapcheck.captured import Mapped, first_of_each, join


def test_the_first_sightings_of_each_variant_are_kept_in_their_order():
    sightings = pl.DataFrame({"variant": [1, 0, 1, 1, 0], "frame": [1, 2, 3, 4, 5]})
    assert first_of_each(sightings, 2)["frame"].to_list() == [1, 2, 3, 5]
    assert first_of_each(sightings, 1)["frame"].to_list() == [1, 2]


def test_what_was_spilled_stays_spilled_when_ranges_are_joined(tmp_path):
    variants = pl.DataFrame(
        {"stack": ["eth"], "variant": [0], "packets": [1], "bytes": [9], "first": [1], "last": [2]}
    )
    variants = variants.with_columns(pl.lit(int(k == 1), pl.Int64).alias(f"frame{k}") for k in range(1, 6))
    sightings = pl.DataFrame({"variant": [0], "frame": [1]})
    parts = [
        Mapped(variants, spill.keep(sightings, str(tmp_path), f"map-{number}", rows=0), packets=1, frames=1)
        for number in range(2)
    ]
    joined = join(Input("a", "a", named=True), parts, str(tmp_path))
    assert sorted(file.name for file in tmp_path.iterdir()) == ["map-0-moved.arrow", "map-1-moved.arrow"]
    assert [spill.load(kept)["frame"].to_list() for kept in joined.sightings] == [[1], [2]]
