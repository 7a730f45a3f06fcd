"""The report formats, found by listing the folder `formats`: a format is one module there.

Its name is that of the file. A format module has

- `write(report, …)`, which yields the parts of the document,
- `SUFFIX`, how names of its files end, and
- `SHOWS_PACKETS = True`, if it shows the packets of the evidence, which are only read again on demand.

A format is imported when somebody asks for it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Final

from pcapcheck.errors import InputError, did_you_mean

FORMATS_FOLDER: Final = Path(__file__).parent / "formats"


@dataclass(frozen=True, slots=True)
class ReportFormat:
    """One format; `write` takes the report and yields the parts of the document."""

    name: str
    suffix: str
    write: Callable[..., Iterator[str]]
    shows_packets: bool


def format_names() -> tuple[str, ...]:
    """Return the names of all formats, in alphabetical order."""
    return tuple(sorted(file.stem for file in FORMATS_FOLDER.glob("[!_]*.py")))


def format_named(name: str) -> ReportFormat:
    """Return the format of this name; `json-v1` is `json`.

    Raises:
        InputError: there is none.
    """
    known = format_names()
    stem = name.removesuffix("-v1")
    if stem not in known:
        listed = "the formats are " + ", ".join(known)
        raise InputError("--format", f"`{name}` is not a report format", did_you_mean(name, known, listed))
    module = import_module(f"pcapcheck.report.formats.{stem}")
    return ReportFormat(stem, module.SUFFIX, module.write, getattr(module, "SHOWS_PACKETS", False))


def format_of(path: str) -> ReportFormat:
    """Return the format whose files end like `path`.

    Raises:
        InputError: there is none.
    """
    formats = [format_named(name) for name in format_names()]
    for each in formats:
        if path.lower().endswith(each.suffix):
            return each
    endings = ", ".join(each.suffix for each in formats)
    raise InputError(path, "no report format has this ending", f"end the name in one of {endings}")
