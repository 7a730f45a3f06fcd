"""Magic: the first bytes of captures and of what they are compressed with."""

from typing import Final

PLAIN: Final = (
    b"\xd4\xc3\xb2\xa1",
    b"\xa1\xb2\xc3\xd4",
    b"\x4d\x3c\xb2\xa1",
    b"\xa1\xb2\x3c\x4d",
    b"\x34\xcd\xb2\xa1",
    b"\xa1\xb2\xcd\x34",
    b"\x0a\x0d\x0d\x0a",  # pcapng
)
COMPRESSED: Final = (
    b"\x1f\x8b",  # gzip
    b"\x28\xb5\x2f\xfd",  # zstd
    b"\xfd7zX",  # xz
    b"\x04\x22\x4d\x18",  # lz4
)


def is_capture(head: bytes) -> bool:
    """Whether a file that begins with these bytes may be a capture."""
    return head.startswith(PLAIN + COMPRESSED)
