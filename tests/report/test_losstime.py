import polars as pl

from pcapcheck.report.losstime import TIME_SLICES, loss_picture, loss_times
from pcapcheck.report.report import LossTime, TimeSlice


def frame(*rows):
    return pl.DataFrame(rows, schema=["direction", "step", "next_step", "time", "fate"], orient="row")


def test_slices_count_what_was_sent_and_lost_where_most_was_lost():
    rows = [(3, 0, 1, 100 + 10 * number, "lost" if number >= 48 else "") for number in range(97)]
    found = loss_times(frame(*rows, (3, 1, 2, 500, "lost"), (4, 0, 1, 7, "")))
    assert list(found) == [3]
    assert found[3].span == 960
    assert sum(each.sent for each in found[3].slices) == 97
    assert [each.lost > 0 for each in found[3].slices] == [
        number >= TIME_SLICES // 2 for number in range(TIME_SLICES)
    ]


def test_one_moment_is_one_slice():
    found = loss_times(frame((1, 0, 1, 5, "lost"), (1, 0, 1, 5, "")))
    assert found[1].slices[0] == TimeSlice(2, 1)


def test_without_losses_there_are_no_times():
    assert loss_times(pl.DataFrame()) == {}
    assert loss_times(frame((1, 0, 1, 5, "unknown"))) == {}


def test_picture_has_a_red_bar_for_what_was_lost():
    text = loss_picture(LossTime(9_000_000_000, (TimeSlice(4, 0), TimeSlice(0, 0), TimeSlice(2, 2))))
    assert text.count('class="sent"') == 2
    assert text.count('class="gone"') == 1
    assert "Loss over time: 2 of 6 packets in 9 s" in text
