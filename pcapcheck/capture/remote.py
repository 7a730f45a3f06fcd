"""Remote: files by URL (s3://, gs://, https:// and whatever else fsspec supports), read by byte ranges.

The packages for a protocol are imported when a URL names it.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pcapcheck.errors import InputError

if TYPE_CHECKING:
    import io

    from fsspec import AbstractFileSystem

import numpy as np

from pcapcheck.capture.window import COPIED, Window

Answer = TypeVar("Answer")

URL: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+://")
GLOB_SIGNS: Final = re.compile(r"[*\[{]")  # `?` begins the query of a web address
EXTRAS: Final = {"s3": "s3", "s3a": "s3", "gs": "gs", "gcs": "gs", "http": "http", "https": "http"}
READ_AHEAD: Final = 8 << 20  # bytes of a stream that are fetched at a time: larger than a round trip costs


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file by URL, and its bytes; None if only the end will tell."""

    url: str
    size: int | None


def is_url(path: str) -> bool:
    """Whether a path is a URL."""
    return bool(URL.match(path))


class Remote:
    """One file by URL.

    Attributes:
        url: its address.
        size: its size in bytes; None if that is known at the end only.
        ranges: whether byte ranges of it can be read; else it is a stream.

    Raises:
        InputError: the file cannot be reached.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._system, self._path = _system(url)
        info = _asked(url, lambda: self._system.info(self._path))
        self.size: int | None = info.get("size")
        self.ranges = bool(self.size) and info.get("partial", True) is not False
        if info.get("type") == "directory":
            raise InputError(url, "it is a folder, not a capture", "end its name with a slash")

    def read(self, start: int, stop: int) -> bytes:
        """Return the bytes from `start` on, before `stop` or the end.

        Raises:
            InputError: they cannot be read any more.
        """
        stop = min(stop, self.size or 0)
        if start >= stop:
            return b""
        piece: bytes = _asked(self.url, lambda: self._system.cat_file(self._path, start=start, end=stop))
        if len(piece) != stop - start:
            what = f"{stop - start} bytes from byte {start} on were asked for, but {len(piece)} came"
            raise InputError(self.url, what, "its server gives no ranges, or it has changed: copy it here")
        return piece

    def stream(self) -> "io.BufferedIOBase":
        """Return the bytes as a stream, read from the start to the end."""
        options = {"cache_type": "readahead", "block_size": READ_AHEAD} if self.ranges else {}
        file: io.BufferedIOBase = _asked(self.url, lambda: self._system.open(self._path, "rb", **options))
        return file


def find(url: str) -> list[RemoteFile] | None:
    """Return what lies below a prefix or folder, or matches a glob, by name; None if it is one file.

    Raises:
        InputError: it cannot be listed.
    """
    system, path = _system(url)
    if GLOB_SIGNS.search(path):
        listed = _asked(url, lambda: system.glob(path, detail=True))
    elif url.endswith("/") or (not url.startswith("http") and _asked(url, lambda: system.isdir(path))):
        listed = _asked(url, lambda: system.find(path, detail=True))
    else:
        return None
    files = [each for each in listed.values() if each["type"] == "file"]
    return sorted(
        (RemoteFile(_named(system, each), each.get("size")) for each in files), key=lambda one: one.url
    )


def heads(urls: Sequence[str], size: int) -> dict[str, bytes]:
    """Return the first bytes of several files, requested at once; b"" for those that cannot be read."""
    if not urls:
        return {}
    system, _ = _system(urls[0])
    paths = [_system(url)[1] for url in urls]
    got = _asked(urls[0], lambda: system.cat_ranges(paths, 0, size, on_error="return"))
    return {url: each if isinstance(each, bytes) else b"" for url, each in zip(urls, got, strict=True)}


def content(url: str, most: int) -> bytes:
    """Return the first bytes of a file, at most as many as asked for.

    Raises:
        InputError: it cannot be read.
    """
    remote = Remote(url)
    return remote.read(0, most) if remote.ranges else _asked(url, lambda: remote.stream().read(most))


def _named(system: "AbstractFileSystem", listed: Any) -> str:
    name: str = system.unstrip_protocol(listed["name"])
    return name


@cache
def _system(url: str) -> tuple["AbstractFileSystem", str]:
    protocol = url.partition("://")[0].lower()
    extra = EXTRAS.get(protocol, "http")
    try:
        from fsspec.core import url_to_fs

        system, path = url_to_fs(url)
    except ImportError as error:
        what = f"the packages for {protocol}:// are not installed ({error})"
        raise InputError(url, what, f"pip install 'pcapcheck[{extra}]'") from None
    except ValueError as error:
        raise InputError(
            url, f"addresses of this kind are not supported: {error}", "give s3://, gs:// or https://"
        ) from None
    return system, path


def _asked(url: str, question: Callable[[], Answer]) -> Answer:
    """Ask a server; whatever its library raises becomes one sentence."""
    try:
        return question()
    except InputError:
        raise
    except FileNotFoundError as error:
        raise _missing(url, error.__cause__) from None
    except PermissionError as error:
        raise InputError(url, f"you may not read it: {_sentence(error)}", "check your credentials") from None
    except Exception as error:  # each of several libraries has errors of its own
        raise InputError(url, f"it can't be read: {_sentence(error)}", "check the address") from None


def _missing(url: str, cause: BaseException | None) -> InputError:
    """Return the error for a FileNotFoundError, which fsspec also raises where no server answers."""
    silent = isinstance(cause, OSError) and not isinstance(cause, FileNotFoundError)
    if cause is not None and (silent or getattr(cause, "status", 404) != 404):
        return InputError(url, f"it can't be read: {_sentence(cause)}", "check the address")
    return InputError(url, "there is no such file", "check the address")


def _sentence(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), "") or type(error).__name__


class Ranged:
    """Windows of a remote file that can be read by byte ranges."""

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
