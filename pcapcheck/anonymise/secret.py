"""Secret: the key behind all pseudonyms, as functions that nobody without it can compute or turn around."""

import hashlib
import secrets
from typing import Final

NUMBER_BYTES: Final = 8  # bytes of a number
STREAM_PURPOSE: Final = b"stream"


class Secret:
    """A key, and what can be made with it.

    Args:
        text: what the user chose; None makes a key that is forgotten at the end of the run.
    """

    def __init__(self, text: str | None = None) -> None:
        given = secrets.token_bytes(32) if text is None else text.encode(errors="surrogateescape")
        self._key = hashlib.sha256(b"pcapcheck anonymise 1\0" + given).digest()

    def number(self, purpose: bytes, data: bytes) -> int:
        """Return 64 bits that depend on purpose (at most 16 bytes) and data."""
        made = hashlib.blake2b(data, key=self._key, digest_size=NUMBER_BYTES, person=purpose)
        return int.from_bytes(made.digest(), "big")

    def word(self, purpose: bytes, text: str, digits: int = 8) -> str:
        """Return a hexadecimal number that stands for a text."""
        number = self.number(purpose, text.encode(errors="surrogatepass"))
        return f"{number:016x}"[:digits]

    def stream(self, data: bytes, size: int) -> bytes:
        """Return `size` bytes that depend on data."""
        return hashlib.shake_128(self._key + STREAM_PURPOSE + data).digest(size)
