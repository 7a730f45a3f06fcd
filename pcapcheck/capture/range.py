"""Range: a part of a capture file that can be read by itself."""

from typing import NamedTuple


class Range(NamedTuple):
    """Bytes of an uncompressed capture, from the start of one record to that of another.

    The first range of a file starts at 0, which is before the first record.
    """

    start: int
    stop: int
