"""Options that several commands have, as click declares them.

The rows of the table in `run/settings.py` become click's options here. A command takes what click parsed of
them as one `Request`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from pcapcheck.run.settings import (
    COMMON_OPTIONS,
    RUN_OPTIONS,
    WORKER_OPTIONS,
    RunOption,
    RunWords,
    read_settings,
)

if TYPE_CHECKING:
    from pcapcheck.capture.inputs import Inputs
    from pcapcheck.run.settings import Settings
    from pcapcheck.topology.topology import Topology


@dataclass(frozen=True, slots=True)
class Request:
    """What a user asks a command for.

    Attributes:
        paths: the captures, as they were typed.
        topology: the topology's file, if one was named.
        words: what was said of the run; every option of the table that the command has is there.
    """

    paths: tuple[str, ...]
    topology: str | None
    words: RunWords

    def find(self) -> tuple[Inputs, Topology]:
        """Return the captures that the paths name, and the topology.

        Raises:
            InputError: there is no capture, or the topology cannot be used.
        """
        from pcapcheck.api import find

        return find(self.paths, self.topology, self.words.get("scratch"))

    def settings(self, topology: Topology) -> Settings:
        """Return the settings that the words mean.

        Raises:
            InputError: an option cannot be understood.
        """
        return read_settings(topology, **self.words)


def request_options(work: Callable[..., int]) -> Callable[..., int]:
    """Add the common options to a command; its first argument is then a `Request`.

    The request takes the command's PATH…, and whatever else the command has that is a row of the table.
    """

    @wraps(work)
    def wrapped(**given: Any) -> int:
        paths, topology = given.pop("paths"), given.pop("topology")
        words: Any = {name: given.pop(name) for name in RunWords.__annotations__ if name in given}
        return work(Request(paths, topology, words), **given)

    return _with_options(wrapped, reversed(COMMON_OPTIONS))


def worker_options(work: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say where a command works: jobs, scheduler, memory, scratch."""
    return _with_options(work, reversed(WORKER_OPTIONS))


def run_option(keyword: str, **other: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the decorator of one option of the table; `other` replaces arguments of click's."""
    option = RUN_OPTIONS[keyword]
    return click.option(*option.flags, keyword, **{**_declared(option), **other})


def _with_options(work: Callable[..., Any], options: Iterable[RunOption]) -> Callable[..., Any]:
    for option in options:
        work = run_option(option.keyword)(work)
    return work


def _declared(option: RunOption) -> dict[str, Any]:
    """Return the arguments of `click.option` for a row of the table."""
    declared: dict[str, Any] = {"help": option.help}
    if option.metavar:
        declared["metavar"] = option.metavar
    if option.multiple:
        declared["multiple"] = True
    if option.numbers:
        declared["type"] = click.IntRange(*option.numbers)
    if option.choices:
        declared |= {
            "type": click.Choice(option.choices),
            "default": option.choices[0],
            "show_default": True,
        }
    return declared
