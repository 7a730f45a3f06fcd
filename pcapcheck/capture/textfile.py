"""Text files: a path that may hold text or a capture is opened as a capture.

A text is transcribed once for each process; the pcapng that was made of it is kept as long as the text stays
the same. Standard input is read once, and can then be read again.
"""

import os
import sys
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Final

from pcapcheck.capture.headerbytes import PAYLOADS
from pcapcheck.capture.inputs import Input
from pcapcheck.capture.openfile import STANDARD_INPUT, Opened, open_path
from pcapcheck.capture.recognise import RECOGNISE, is_capture
from pcapcheck.capture.remote import is_url
from pcapcheck.capture.textcapture import Transcript, is_text, transcribe
from pcapcheck.errors import InputError

# What makes the identity of a packet (collect/identity.py), if all captures have it.
IDENTIFYING: Final = PAYLOADS | {"ip.id", "tcp.options", "tcp.window_size_value", "tcp.seq_raw"}
MAX_KEPT: Final = 256  # transcripts; each is a mapped file without a name
_WAITING: dict[tuple[str, int, int], Opened] = {}  # standard input that was found to be a capture
_KEPT: OrderedDict[tuple[str, int, int], Transcript] = OrderedDict()


def open_any(path: str) -> Opened:
    """Open what lies at `path`, be it a capture or text.

    Raises:
        InputError: it can't be opened, or is text without packets.
    """
    key = _key(path)
    if key in _KEPT:
        return _opened(_KEPT[key])
    opened = _WAITING.pop(key, None) or open_path(path)
    head = bytes(opened.windows.window(0, RECOGNISE).data[:RECOGNISE])
    if is_capture(head) or not is_text(head):
        return opened
    try:
        made = transcribe(opened.windows, path)
    finally:
        opened.windows.close()
    _KEPT[key] = made
    while len(_KEPT) > MAX_KEPT:
        _KEPT.popitem(last=False)
    return replace(_opened(made), compression=opened.compression)


def identifying(paths: Iterable[str]) -> frozenset[str]:
    """Return the fields by which no packet may be found again, because a text among the captures lacks them.

    What captures or dumped bytes know of a payload, other texts do not; then nothing of a payload counts.
    """
    absent: set[str] = set()
    known: set[bool] = set()
    for path in paths:
        text = _text_at(path)
        known |= text.dumped if text else {True}
        absent |= text.absent if text else set()
    return frozenset(absent & IDENTIFYING) | (PAYLOADS if len(known) > 1 else frozenset())


def all_text(inputs: Iterable[Input]) -> bool:
    """Whether all captures are text."""
    return all(_text_at(each.path) for each in inputs)


def _text_at(path: str) -> Transcript | None:
    """Return the transcript of a path; None if it is a capture, or cannot be read."""
    try:
        opened = None if is_url(path) else open_any(path)
    except InputError:
        return None
    if path == STANDARD_INPUT and opened and not opened.notes:
        _WAITING[_key(path)] = opened  # what was read of it comes again
    elif opened and not opened.notes:
        opened.windows.close()
    return _KEPT.get(_key(path))


def _key(path: str) -> tuple[str, int, int]:
    """Return what changes when a file does; standard input is one and the same for a process."""
    try:
        if path == STANDARD_INPUT:
            return path, os.fstat(sys.stdin.fileno()).st_ino, 0
        status = Path(path).stat()
    except (OSError, ValueError):
        return path, 0, 0
    return path, status.st_mtime_ns, status.st_size


def _opened(made: Transcript) -> Opened:
    return Opened(made.windows, made.size, again=True, notes=made.notes)
