"""When capture points looked, and which captures are shown to have been short."""

import polars as pl
from directed import network as sparse

from pcapcheck.follow.looking import looking, windows

SECOND = 1_000_000_000
WINDOW = {"point": pl.Int64, "from": pl.Int64, "to": pl.Int64, "late": pl.Boolean, "early": pl.Boolean}


def network(*seen):
    """Return a network of one direction with four steps, each its own point, seen at (point, first, last)."""
    steps = range(4)
    variants = pl.DataFrame(
        [(number, 0, point) for number, (point, *_) in enumerate(seen)],
        {"variant": pl.Int64, "direction": pl.Int64, "step": pl.Int64},
        orient="row",
    )
    return sparse(
        variants,
        pl.DataFrame({"direction": [0], "path": [0]}),
        watched=pl.DataFrame({"direction": [0] * 4, "step": steps, "rank": steps}),
        step_points=pl.DataFrame({"path": [0] * 4, "step": steps, "point": steps}),
    )


def short(*seen):
    """Return (late, early) by point, of what was seen at (point, first second, last second)."""
    rows = [
        (number, point, int(first * SECOND), int(last * SECOND))
        for number, (point, first, last) in enumerate(seen)
    ]
    schema = {"variant": pl.Int64, "point": pl.Int64, "first": pl.Int64, "last": pl.Int64}
    told = windows(pl.DataFrame(rows, schema, orient="row"), network(*seen)).sort("point")
    return {row["point"]: (row["late"], row["early"]) for row in told.iter_rows(named=True)}


def test_captures_that_saw_the_same_are_not_short():
    assert set(short((0, 0, 5), (1, 0, 5), (2, 0, 5), (3, 0, 5)).values()) == {(False, False)}


def test_what_a_later_hop_saw_before_and_after_shows_that_a_capture_was_short():
    found = short((0, 0, 5), (1, 2, 5), (2, 0, 3), (3, 0, 5))
    assert (found[1], found[2]) == ((True, False), (False, True))


def test_an_empty_capture_was_not_looking_if_a_later_hop_saw_something():
    assert short((0, 0, 5), (2, 0, 5))[1] == (True, True)


def test_an_empty_capture_behind_which_nothing_came_shows_nothing():
    assert 2 not in short((0, 0, 5), (1, 0, 5))


def aims(seconds, *rows, later=False):
    """Return (waited, alive, shut, aim_point) of a packet seen at point 0, by the windows of the points."""
    told = [
        (point, int(first * SECOND), int(last * SECOND), late, early)
        for point, first, last, late, early in rows
    ]
    missed = pl.DataFrame(
        {
            "row": [7],
            "direction": [0],
            "rank": [0],
            "time": [int(seconds * SECOND)],
            "point": [0],
            "next_point": [1],
            "later": [later],
            "patience": [SECOND],
        }
    )
    hops = pl.DataFrame({"direction": [0] * 4, "rank": range(4), "hop_point": range(4), "hop_step": range(4)})
    found = looking(missed, hops, pl.DataFrame(told, WINDOW, orient="row"))
    return found.select("waited", "alive", "shut", "aim_point").row(0)


def test_a_packet_is_compared_with_the_first_hop_that_was_looking():
    short_ones = ((0, 0, 9, False, False), (1, 0, 2, False, True), (2, 0, 3, False, True))
    assert aims(4, *short_ones, (3, 0, 9, False, False)) == (True, False, True, 3)


def test_the_first_packet_of_a_capture_began_its_way_before():
    points = ((0, 0, 9, False, False), (1, 6, 9, True, False), (2, 4.001, 9, False, False))
    assert aims(4, *points)[3] is None
    assert aims(4, *points, later=True)[3] == 2


def test_a_hop_that_looks_no_longer_than_the_packet_waits_for_no_answer():
    assert aims(4, (0, 0, 4.5, False, False), (1, 0, 9, False, False))[:2] == (False, True)
