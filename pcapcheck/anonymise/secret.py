"""Secret: the key of all pseudonyms, as functions that cannot be computed or inverted without it."""

import hashlib
import secrets
from typing import Final

NUMBER_BYTES: Final = 8
STREAM_PURPOSE: Final = b"stream"  # tells streams from other uses of the key


class Secret:
    """A key and the functions that depend on it.

    Args:
        text: chosen by the user; None makes a random key, which is forgotten at the end of the run.
    """

    def __init__(self, text: str | None = None) -> None:
        given = secrets.token_bytes(32) if text is None else text.encode(errors="surrogateescape")
        self._key = hashlib.sha256(b"pcapcheck anonymise 1\0" + given).digest()

    def number(self, purpose: bytes, data: bytes) -> int:
        """Return 64 bits that depend on purpose (at most 16 bytes) and data."""
        made = hashlib.blake2b(data, key=self._key, digest_size=NUMBER_BYTES, person=purpose)
        return int.from_bytes(made.digest(), "big")

    def word(self, purpose: bytes, text: str, digits: int = 8) -> str:
        """Return a hexadecimal number that depends on a text."""
        number = self.number(purpose, text.encode(errors="surrogatepass"))
        return f"{number:016x}"[:digits]

    def stream(self, data: bytes, size: int) -> bytes:
        """Return `size` bytes that depend on data."""
        return hashlib.shake_128(self._key + STREAM_PURPOSE + data).digest(size)
