"""Prefixed: a stream whose first bytes have been read already, to see what it is, and come again."""

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class Prefixed(io.RawIOBase):
    """Some bytes, then those of a stream.

    Args:
        head: the bytes.
        file: what follows.
    """

    def __init__(self, head: bytes, file: io.RawIOBase | io.BufferedIOBase) -> None:
        super().__init__()
        self._head, self._file = head, file

    def readable(self) -> bool:
        """Say that bytes can be read."""
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int | None:
        """Fill some of the buffer; return how many bytes, 0 at the end."""
        if not self._head:
            return self._file.readinto(buffer)
        room = memoryview(buffer)
        given, self._head = self._head[: len(room)], self._head[len(room) :]
        room[: len(given)] = given
        return len(given)

    def close(self) -> None:
        """Close the stream, too."""
        self._file.close()
        super().close()
