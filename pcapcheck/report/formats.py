"""The report formats: every module of this folder that has a function `write(result, …) -> Iterator[str]`.

A format is found by looking into the folder; its name is the file's. Its `SUFFIX` is how files of it end.
"""

import pkgutil
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

from pcapcheck.errors import InputError, did_you_mean


@cache
def formats() -> dict[str, ModuleType]:
    """Return every format by name, in alphabetical order."""
    names = sorted(module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
    modules = {name: import_module(f"pcapcheck.report.{name}") for name in names}
    return {name: module for name, module in modules.items() if hasattr(module, "write")}


def format_named(name: str) -> ModuleType:
    """Return the format of this name; `json-v1` is `json`.

    Raises:
        InputError: there is none.
    """
    known = formats()
    if name.removesuffix("-v1") in known:
        return known[name.removesuffix("-v1")]
    listed = "the formats are " + ", ".join(known)
    raise InputError("--format", f"`{name}` is not a report format", did_you_mean(name, known, listed))


def format_of(path: str) -> ModuleType:
    """Return the format whose files end like `path`.

    Raises:
        InputError: there is none.
    """
    for module in formats().values():
        if path.lower().endswith(module.SUFFIX):
            return module
    endings = ", ".join(module.SUFFIX for module in formats().values() if module.SUFFIX)
    raise InputError(path, "no report format has this ending", f"end the name in one of {endings}")
