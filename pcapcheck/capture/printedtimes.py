"""Times as tcpdump prints them, in nanoseconds: of a day, with a date, of the epoch, or distances.

A time of a day is one of the first of January 1970, because no date was printed; where it falls back
by half a day, the next day has begun.
"""

import re
from datetime import UTC, datetime
from typing import Final

NS: Final = 1_000_000_000  # nanoseconds
DAY: Final = 86_400 * NS
STEP: Final = 1_000_000  # ns between packets whose times were not printed
PRINTED_TIME: Final = (
    r"(?:(?P<date>\d{4}-\d\d-\d\d)[ T])?(?P<clock>\d\d:\d\d:\d\d(?:[.,]\d{1,9})?)Z?|"
    r"(?P<epoch>\d{1,10}\.\d{6,9})"
)
_TIME: Final = re.compile(PRINTED_TIME)


class PrintedTimes:
    """The times of one console.

    Attributes:
        relative: whether its times begin with its first packet, so that other consoles have others.
    """

    def __init__(self, *, deltas: bool = False) -> None:
        self.relative = deltas
        self._deltas = deltas
        self._last = 0
        self._days = 0
        self._started = False

    def of(self, text: str) -> int:
        """Return the time of a packet; an empty text is none."""
        found = _TIME.fullmatch(text.strip())
        if found is None:
            self.relative = True
            self._last += STEP
            return self._last
        value = _nanoseconds(found)
        if not self._started and value < NS and not found["date"]:
            self.relative = True
        if self._deltas:
            value += self._last
        elif found["clock"] and not found["date"] and not self.relative:
            value += self._days * DAY
            if self._started and value < self._last - DAY // 2:
                self._days, value = self._days + 1, value + DAY
        self._started, self._last = True, value
        return value


def _nanoseconds(found: re.Match[str]) -> int:
    whole, _, fraction = (found["clock"] or found["epoch"]).replace(",", ".").partition(".")
    rest = int(fraction.ljust(9, "0")) if fraction else 0
    if found["epoch"]:
        return int(whole) * NS + rest
    hours, minutes, seconds = (int(each) for each in whole.split(":"))
    return _midnight(found["date"]) + (hours * 3600 + minutes * 60 + seconds) * NS + rest


def _midnight(date: str | None) -> int:
    if date is None:
        return 0
    try:
        return int(datetime.strptime(date, "%Y-%m-%d").replace(tzinfo=UTC).timestamp()) * NS
    except ValueError:
        return 0
