"""Archives: tar and zip files, as collectors of captures write them, unpacked into a temporary folder.

An archive is not trusted: no member is written outside the folder, and only regular files are taken that
could be a capture, a dump or another archive.
"""

import os
import shutil
import tempfile
import weakref
from collections.abc import Iterator
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import IO, Final, cast

from pcapcheck.capture.compressed import LONGEST_MAGIC, Decompressed, compression
from pcapcheck.capture.recognise import is_capture
from pcapcheck.errors import InputError

MEMBER_HEAD_SIZE: Final = 512  # bytes that tell what a file is: as many as a tar header has
MAX_MEMBERS: Final = 50_000  # looked at in one archive, so that an archive of empty files ends some time
MAX_DUMP_SIZE: Final = 64 << 20  # bytes: a larger text is no dump of a node or of Kubernetes
FREE_ON_DISK: Final = 1 << 30  # bytes that unpacking leaves free on the disk, whatever an archive holds
UNPACK_PIECE: Final = 1 << 20  # bytes copied at a time
_ZIP: Final = b"PK\x03\x04"
_TAR: Final = (257, b"ustar")  # place and bytes: POSIX 1003.1, pax


class Unpacked:
    """A folder for the contents of archives; it is removed with the last reference to this object."""

    def __init__(self, scratch: str | None = None) -> None:
        """Make the folder in `scratch`, or in the system's place for temporary files.

        Raises:
            InputError: no folder can be made there.
        """
        try:
            self.path = Path(tempfile.mkdtemp(prefix="pcapcheck-", dir=scratch))
        except OSError as error:
            what = f"no folder can be made there: {error.strerror}"
            raise InputError(f"--scratch {scratch or ''}".strip(), what, "name another folder") from None
        self._count = 0
        self._end = weakref.finalize(self, _remove, str(self.path), os.getpid())

    def unpack(self, archive: Path) -> tuple[Path, str]:
        """Unpack an archive into a new folder below this one; return that folder, and a complaint or "".

        Of a damaged archive, the members before the damage are unpacked.
        """
        folder = self.path / str(self._count)
        folder.mkdir()
        self._count += 1
        try:
            for name, size, file in _members(archive):
                _keep(folder, name, size, file)
        except Exception as error:  # tarfile, zipfile and the compression libraries raise many kinds
            return folder, f"the archive is damaged; nothing can be read behind that ({error})"
        return folder, ""


def is_archive(path: Path) -> bool:
    """Whether a file is a tar, perhaps compressed, or a zip with something in it."""
    try:
        with path.open("rb", buffering=0) as file:
            head = file.read(MEMBER_HEAD_SIZE)
            kind = compression(head[:LONGEST_MAGIC])
            if kind:
                file.seek(0)
                head = _some(Decompressed(file, kind), MEMBER_HEAD_SIZE)
    except OSError:
        return False
    return head.startswith(_ZIP) or head[_TAR[0] :].startswith(_TAR[1])


def _some(stream: Decompressed, size: int) -> bytes:
    """Return the first bytes of a stream."""
    found = b""
    while len(found) < size and (more := stream.read(size - len(found))):
        found += more
    return found


def _members(archive: Path) -> Iterator[tuple[str, int, IO[bytes]]]:
    """Yield name, size and content of each regular file in an archive."""
    import tarfile  # imported late: few runs need them
    import zipfile

    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as whole:
            for each in islice(whole.infolist(), MAX_MEMBERS):
                if not each.is_dir() and not each.flag_bits & 1:  # 1: encrypted
                    with whole.open(each) as file:
                        yield each.filename, each.file_size, file
        return
    with archive.open("rb", buffering=0) as raw:
        kind = compression(raw.read(LONGEST_MAGIC))
        raw.seek(0)
        stream = Decompressed(raw, kind) if kind else raw
        with tarfile.open(fileobj=cast(IO[bytes], stream), mode="r|") as tar:
            for member in islice(tar, MAX_MEMBERS):
                content = tar.extractfile(member) if member.isreg() else None
                if content:
                    yield member.name, member.size, content


def _keep(folder: Path, name: str, size: int, file: IO[bytes]) -> None:
    """Write a member below the folder, if it may be needed and there is room."""
    parts = [each for each in PurePosixPath(name.replace("\0", "")).parts if each not in ("/", "..", ".")]
    head = file.read(MEMBER_HEAD_SIZE)
    if not parts or not _of_use(head, size) or shutil.disk_usage(folder).free < size + FREE_ON_DISK:
        return
    path = folder.joinpath(*parts)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as copy:
            copy.write(head)
            shutil.copyfileobj(file, copy, UNPACK_PIECE)
        os.utime(path, (0, 0))  # it is no longer written to
    except OSError:  # a name that is too long, or that of a folder
        return


def _of_use(head: bytes, size: int) -> bool:
    """Whether a member could be a capture, an archive, or a dump, which is text."""
    return is_capture(head) or head.startswith(_ZIP) or (b"\0" not in head and size <= MAX_DUMP_SIZE)


def _remove(path: str, owner: int) -> None:
    if os.getpid() == owner:  # a forked worker has the object too, and must not remove the folder
        shutil.rmtree(path, ignore_errors=True)
