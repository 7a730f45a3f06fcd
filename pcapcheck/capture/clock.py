"""Clock: what the times of a capture are worth, judged by their last digits."""

import numpy as np

from pcapcheck.capture.block import Ints

ENOUGH = 1000  # packets of a block that are looked at: a clock that can count nanoseconds soon shows it
FINEST = {1: "ns", 1_000: "us", 1_000_000_000: "seconds"}  # units in nanoseconds, finest first


class Clock:
    """The finest unit in which any time so far was not a round number."""

    def __init__(self) -> None:
        self._unit = 0

    def see(self, time: Ints) -> None:
        """Take the times of some packets: int64 (n,), nanoseconds."""
        time = time[:ENOUGH]
        for unit, next_unit in ((1, 1_000), (1_000, 1_000_000_000)):
            if self._unit and self._unit <= unit:
                return
            if np.any(time % next_unit):
                self._unit = unit
                return
        if np.any(time):
            self._unit = 1_000_000_000

    @property
    def quality(self) -> str:
        """`ns` or `us`; `seconds` if all times are whole ones; `none` if all are zero or there are none."""
        return FINEST.get(self._unit, "none")
