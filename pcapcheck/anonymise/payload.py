"""Payloads -> meaningless bytes of the same length; equal payloads stay equal.

The first 16 bytes are replaced word by word, each depending on the words before it, because identities of
packets are made of these words (`collect.identity`). The rest depends on the whole payload.
"""

import struct
from typing import Final

from pcapcheck.anonymise.secret import Secret

WORD_BYTES: Final = 4
IDENTITY_WORDS: Final = 4  # words of a payload that an identity depends on
IDENTITY_BYTES: Final = WORD_BYTES * IDENTITY_WORDS
CHECKSUM_MODULUS: Final = 0xFFFF  # RFC 1071: sums of 16-bit words in ones' complement


class Payload:
    """Replaces payloads."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret

    def replaced(self, data: bytes) -> bytes:
        """Return the replacement of a payload."""
        whole = min(len(data), IDENTITY_BYTES) // WORD_BYTES * WORD_BYTES
        head = b"".join(
            struct.pack(">I", self._secret.number(b"payload", data[:end]) & 0xFFFFFFFF)
            for end in range(WORD_BYTES, whole + WORD_BYTES, WORD_BYTES)
        )
        return head + self._secret.stream(data, len(data) - whole) if len(data) > whole else head

    def replaced_with_sum(self, data: bytes) -> bytes:
        """Return a replacement of a payload that has the same sum of 16-bit words (RFC 1071).

        A checksum in it, or in another fragment of the packet, is then as right or wrong as before. A payload
        of one byte becomes zero, since it cannot be replaced without changing the sum.
        """
        made = bytearray(self.replaced(data))
        even = len(made) // 2 * 2
        if even == 0:
            return bytes(len(made))
        made[even - 2 : even] = b"\0\0"
        missing = (total(data) - total(made)) % CHECKSUM_MODULUS
        made[even - 2 : even] = struct.pack(">H", missing)
        return bytes(made)


def total(data: bytes | bytearray) -> int:
    """Return the sum of the 16-bit words of some bytes, padded with a zero byte, modulo 65535."""
    padded = bytes(data) + bytes(len(data) % 2)
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 2}H", padded)
    return sum(words) % CHECKSUM_MODULUS
