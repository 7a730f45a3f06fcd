"""Compressed: a stream that decompresses another one while it is read, in bounded memory.

The first bytes tell the kind of compression. Damaged data give the bytes before the damage, and a complaint.
"""

import io
import lzma
import zlib
from typing import IO, TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

READ = 1 << 18  # bytes read and given at a time
MEMORY = 256 << 20  # bytes that xz may ask for; `xz -9` needs 65 MB
ZSTD_WINDOW = 1 << 27  # that of `zstd --long`
LONGEST_MAGIC = 6  # bytes of the longest key of COMPRESSIONS
COMPRESSIONS = {
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\xfd7zXZ\0": "xz",
    b"\x04\x22\x4d\x18": "lz4",
}


def compression(head: bytes) -> str:
    """Return how a file that begins with these bytes is compressed: "gzip", "zstd", "xz", "lz4" or empty."""
    return next((kind for magic, kind in COMPRESSIONS.items() if head.startswith(magic)), "")


class Decompressed(io.RawIOBase):
    """The bytes that were compressed.

    Args:
        file: the compressed bytes.
        kind: what `compression` returns for them.

    Attributes:
        complaint: what is wrong with the compressed bytes, or empty.
    """

    def __init__(self, file: io.RawIOBase, kind: str) -> None:
        super().__init__()
        self.complaint = ""
        self._file, self._kind = file, kind
        self._source = _zstd(file) if kind == "zstd" else Frames(file, kind)

    def readable(self) -> bool:
        """Return true: bytes can be read."""
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Fill some of the buffer; return 0 at the end, or where the damage begins."""
        if self.complaint:
            return 0
        room = memoryview(buffer)
        try:
            got = self._source.read(min(len(room), READ))
        except Exception as error:  # each of four libraries has errors of its own
            self.complaint = f"the {self._kind} data are damaged; nothing can be read behind that ({error})"
            return 0
        room[: len(got)] = got
        return len(got)

    def close(self) -> None:
        """Close this stream and the file with the compressed bytes."""
        self._file.close()
        super().close()


class Source(Protocol):
    """Where decompressed bytes come from."""

    def read(self, size: int) -> bytes:
        """Return at most `size` bytes, and none only at the end."""


class Frames:
    """Decompressed bytes of a file that consists of frames (gzip: members, xz: streams)."""

    def __init__(self, file: io.RawIOBase, kind: str) -> None:
        self._file, self._kind = file, kind
        self._frame, self._input = _frame(kind), b""

    def read(self, size: int) -> bytes:
        """Return at most `size` bytes, and none only at the end.

        Raises:
            EOFError: the file ends within a frame.
        """
        while not self._frame.eof or self._next_frame():
            if self._frame.needs_input and not self._input:
                self._input = self._file.read(READ) or b""
                if not self._input:
                    raise EOFError("they end too early")
            given, self._input = self._input, b""
            got = self._frame.decompress(given, size)
            if got:
                return got
        return b""

    def _next_frame(self) -> bool:
        """Begin the next frame, and say whether there is one. Zeros between frames are padding."""
        rest = (self._frame.unused_data or b"").lstrip(b"\0")
        while len(rest) < LONGEST_MAGIC and (more := self._file.read(READ)):
            rest = (rest + more).lstrip(b"\0")
        if not rest:
            return False
        if compression(rest) != self._kind:
            raise ValueError("something else follows them")
        self._frame, self._input = _frame(self._kind), rest
        return True


class FrameDecoder(Protocol):
    """What decompresses one frame, as `bz2`, `lzma` and `lz4` offer it."""

    @property
    def eof(self) -> bool:
        """The frame is complete."""

    @property
    def needs_input(self) -> bool:
        """More compressed bytes are needed to get more decompressed ones."""

    @property
    def unused_data(self) -> bytes | None:
        """What was given but belongs to the next frame."""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Return some decompressed bytes; the same input may hold more of them."""


class Gzip:
    """One member of a gzip file, with the methods of the other decompressors."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(wbits=31)  # 31: with gzip's header and checksum

    @property
    def eof(self) -> bool:
        """The member is complete."""
        return self._zlib.eof

    @property
    def needs_input(self) -> bool:
        """All input is used up."""
        return not self._zlib.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        """What follows the member."""
        return self._zlib.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Return some bytes."""
        return self._zlib.decompress(self._zlib.unconsumed_tail + data, max_length)


def _frame(kind: str) -> FrameDecoder:
    if kind == "gzip":
        return Gzip()
    if kind == "xz":
        return lzma.LZMADecompressor(memlimit=MEMORY)
    import lz4.frame  # imported late: few captures need it

    frame: FrameDecoder = lz4.frame.LZ4FrameDecompressor()
    return frame


def _zstd(file: io.RawIOBase) -> Source:
    import zstandard  # imported late: few captures need it

    decompressor = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW)
    source: Source = decompressor.stream_reader(
        cast(IO[bytes], file), read_size=READ, read_across_frames=True
    )
    return source
