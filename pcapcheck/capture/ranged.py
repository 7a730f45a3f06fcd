"""Ranged: windows of a file by URL. Each byte is fetched once, and nothing that was not asked for."""

import numpy as np

from pcapcheck.capture.window import COPIED, Window
from pcapcheck.remote import Remote


class Ranged:
    """Windows of a remote file that gives pieces of itself."""

    largest = COPIED
    complaint = ""

    def __init__(self, remote: Remote) -> None:
        self._remote = remote
        self._kept = Window(np.empty(0, np.uint8), 0, final=False)

    def window(self, position: int, size: int) -> Window:
        """Return what is left of the last window from `position` on, and what follows it."""
        old = self._kept
        end = old.start + len(old.data)
        kept = old.data[position - old.start :] if old.start <= position < end else old.data[:0]
        start = position + len(kept)
        stop = max(position + size, start)
        more = np.frombuffer(self._remote.read(start, stop), np.uint8)
        data = np.concatenate([kept, more]) if len(kept) else more
        self._kept = Window(data, position, position + len(data) >= (self._remote.size or 0))
        return self._kept

    def forget(self, position: int) -> None:
        """Do nothing: only one window is kept."""

    def close(self) -> None:
        """Do nothing: no connection is kept open."""
