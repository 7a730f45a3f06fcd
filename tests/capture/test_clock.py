"""Clock: what times are worth, by their last digits."""

import numpy as np
import pytest

from pcapcheck.capture.reading import Clock


@pytest.mark.parametrize(
    ("times", "quality"),
    [
        ([], "none"),
        ([0, 0], "none"),
        ([5_000_000_000, 0], "seconds"),
        ([5_000_000_000, 5_000_001_000], "us"),
        ([5_000_001_000, 5_000_000_001], "ns"),
    ],
    ids=["no-packets", "zeros", "whole-seconds", "microseconds", "nanoseconds"],
)
def test_finest_unit_in_use_is_the_quality(times, quality):
    clock = Clock()
    clock.see(np.array(times, np.int64))
    assert clock.quality == quality


def test_later_packets_can_only_refine():
    clock = Clock()
    clock.see(np.array([1001], np.int64))
    clock.see(np.array([7_000_000_000], np.int64))
    assert clock.quality == "ns"
