"""The report formats: every module of this folder that has a function `write(result, …) -> Iterator[str]`.

A format is found by looking into the folder; its name is the file's, `SUFFIX` is how files of it end. Nothing
is imported before somebody wants the format.
"""

from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

from pcapcheck.errors import InputError, did_you_mean

MARK = "\ndef write(result: "  # what makes a module a format


@cache
def format_names() -> tuple[str, ...]:
    """Return the names of all formats, in alphabetical order."""
    modules = Path(__file__).parent.glob("*.py")
    return tuple(sorted(file.stem for file in modules if MARK in file.read_text(encoding="utf-8")))


def format_named(name: str) -> ModuleType:
    """Return the format of this name; `json-v1` is `json`.

    Raises:
        InputError: there is none.
    """
    known = format_names()
    if name.removesuffix("-v1") in known:
        return import_module(f"pcapcheck.report.{name.removesuffix('-v1')}")
    listed = "the formats are " + ", ".join(known)
    raise InputError("--format", f"`{name}` is not a report format", did_you_mean(name, known, listed))


def format_of(path: str) -> ModuleType:
    """Return the format whose files end like `path`.

    Raises:
        InputError: there is none.
    """
    modules = [format_named(name) for name in format_names()]
    for module in modules:
        if path.lower().endswith(module.SUFFIX):
            return module
    endings = ", ".join(module.SUFFIX for module in modules)
    raise InputError(path, "no report format has this ending", f"end the name in one of {endings}")
