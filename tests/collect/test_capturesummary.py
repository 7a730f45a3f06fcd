import numpy as np
import polars as pl

from pcapcheck.capture.inputs import Input
from pcapcheck.collect.capturesummary import RangeSummary, first_of_each, join
from pcapcheck.scale import scratch


def test_the_first_keys_of_each_variant_are_kept_in_their_order():
    keys = pl.DataFrame({"variant": [1, 0, 1, 1, 0], "strong": [1, 2, 3, 4, 5]})
    assert first_of_each(keys, 2)["strong"].to_list() == [1, 2, 3, 5]
    assert first_of_each(keys, 1)["strong"].to_list() == [1, 2]


def test_sightings_stay_where_they_are_when_ranges_are_joined(tmp_path):
    variants = pl.DataFrame(
        {"stack": ["eth"], "variant": [0], "packets": [1], "bytes": [9], "first": [1], "last": [2]}
    )
    proof = {f"frame{number}": pl.lit(int(number == 1), pl.Int64) for number in range(1, 6)}
    variants = variants.with_columns(**proof)
    sightings = pl.DataFrame({"variant": [0], "frame": [1]})

    def kept(frame: pl.DataFrame, name: str) -> str | pl.DataFrame:
        return scratch.store(frame, str(tmp_path), name, rows=0)

    parts = [
        RangeSummary(
            kept(variants, f"variants-{number}"),
            kept(sightings, f"map-{number}"),
            pl.DataFrame({"variant": [0], "strong": [7 + number], "time": [1]}),
            packets=1,
            frames=1,
        )
        for number in range(2)
    ]
    joined = join(Input("a", "a", named=True), parts)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["map-0.arrow", "map-1.arrow"]
    assert joined.keys.select("variant", "strong").rows() == [(0, 7), (0, 8)]
    assert joined.variants.select("packets", "frame1", "frame2").rows() == [(2, 1, 2)]
    assert [each.load()["frame"].to_list() for each in joined.sightings] == [[1], [2]]
    assert joined.sightings[1].called(np.array([0, 0])).tolist() == [0, 0]
