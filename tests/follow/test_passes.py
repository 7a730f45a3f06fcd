"""One packet that passes a point again, and packets that a way doubles."""

import polars as pl

from pcapcheck.follow.passes import doubled, passes

PLACES = pl.DataFrame(
    {
        "direction": [0, 0, 0, 0],
        "rank": [0, 1, 2, 3],
        "role": ["uplink", "uplink", "bridge", "veth"],
        "crossings": [1, 1, 1, 1],
    }
)


def located(*rows):
    """Return sightings: (point, variant, ipid, time)."""
    schema = {"point": pl.Int64, "variant": pl.Int64, "ipid": pl.Int64, "time": pl.Int64}
    frame = pl.DataFrame(rows, schema=schema, orient="row").with_row_index("row").cast({"row": pl.Int64})
    return frame.with_columns(
        direction=pl.lit(0),
        step=pl.lit(0),
        key=pl.lit(7),
        start=pl.lit(0),
        length=pl.lit(10),
        kind=pl.lit("udp"),
        file=pl.lit(0),
        frame=pl.col("row") + 1,
    )


def test_the_same_packet_at_one_point_passes_it_again():
    found = passes(located((0, 1, 5, 100), (0, 2, 5, 200), (0, 3, 5, 300)))
    assert found["variant"].to_list() == [1, 2, 3]
    assert found["passes"].to_list() == [3, 3, 3]


def test_another_point_is_no_second_pass():
    assert passes(located((0, 1, 5, 100), (1, 2, 5, 200))).is_empty()


def test_a_second_later_it_is_another_packet():
    assert passes(located((0, 1, 5, 0), (0, 2, 5, 1_000_000_000))).is_empty()


def packets(*rows):
    """Return packets: (rank, key, passes)."""
    frame = pl.DataFrame(rows, schema=["rank", "key", "passes"], orient="row").with_row_index("row")
    frame = frame.with_columns(alike=pl.lit(1))
    return frame.with_columns(direction=pl.lit(0), start=pl.lit(0), length=pl.lit(1))


def test_what_was_sent_once_and_comes_twice_is_doubled():
    assert doubled(packets((0, 1, 1), (1, 1, 2), (0, 2, 1), (1, 2, 1)), PLACES)["key"].to_list() == [1]


def test_what_was_sent_twice_is_not():
    assert doubled(packets((0, 1, 2), (1, 1, 2)), PLACES).is_empty()


def test_a_bridge_shows_a_packet_more_than_once():
    assert doubled(packets((1, 1, 1), (2, 1, 3)), PLACES).is_empty()


def test_a_place_that_the_path_crosses_twice_doubles_nothing():
    twice = PLACES.with_columns(pl.lit(2).alias("crossings"))
    assert doubled(packets((0, 1, 1), (1, 1, 2)), twice).is_empty()


def test_a_bridge_between_is_passed_over():
    assert doubled(packets((1, 1, 1), (2, 1, 3), (3, 1, 2)), PLACES)["rank"].to_list() == [3]
