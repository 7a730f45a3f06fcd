"""Text files: a path that may hold text or a capture is opened as a capture.

A text is transcribed once for each process; the pcapng that was made of it is kept as long as the text stays
the same. Standard input is read once, and can then be read again.
"""

from collections import OrderedDict
from dataclasses import replace
from pathlib import Path
from typing import Final

from pcapcheck.capture.openfile import STANDARD_INPUT, Opened, open_path
from pcapcheck.capture.recognise import RECOGNISE, is_capture
from pcapcheck.capture.textcapture import Transcript, is_text, transcribe

MAX_KEPT: Final = 256  # transcripts; each is a mapped file without a name
_KEPT: OrderedDict[tuple[str, int, int], Transcript] = OrderedDict()


def open_any(path: str) -> Opened:
    """Open what lies at `path`, be it a capture or text.

    Raises:
        InputError: it can't be opened, or is text without packets.
    """
    key = _key(path)
    if key in _KEPT:
        return _opened(_KEPT[key])
    opened = open_path(path)
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


def _key(path: str) -> tuple[str, int, int]:
    """Return what changes when a file does; standard input is one and the same for a process."""
    try:
        status = Path(path).stat() if path != STANDARD_INPUT else None
    except (OSError, ValueError):
        status = None
    return (path, status.st_mtime_ns, status.st_size) if status else (path, 0, 0)


def _opened(made: Transcript) -> Opened:
    return Opened(made.windows, made.size, again=True, notes=made.notes)
