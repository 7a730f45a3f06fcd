"""Range: two places in a file."""

from pcapcheck.capture.window import Range


def test_a_range_is_its_start_and_stop():
    assert Range(24, 100) == (24, 100)
