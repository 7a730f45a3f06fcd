"""Mistakes a person can correct. Each says where it is, what was found, and what to do."""

import difflib
from collections.abc import Iterable
from typing import Self


class InputError(Exception):
    """Something the user gave cannot be used; the command ends with exit status 2.

    Args:
        where: the file, with line and column where there are any.
        what: what was found, and what was expected instead.
        fix: what to do about it.
        excerpt: the line of the file, for a caret under `column`.
        column: where the caret stands in `excerpt`, counted from 1.
    """

    def __init__(self, where: object, what: str, fix: str, excerpt: str = "", column: int = 1) -> None:
        caret = f"\n    {excerpt}\n    {' ' * (column - 1)}^" if excerpt else ""
        super().__init__(f"{where}: {what}{caret}\n  fix: {fix}")
        self._arguments = (where, what, fix, excerpt, column)

    def __reduce__(self) -> tuple[type[Self], tuple[object, str, str, str, int]]:
        """Survive the way back from a worker process; an exception is else made anew of its message alone."""
        return type(self), self._arguments


def did_you_mean(word: str, known: Iterable[str], otherwise: str) -> str:
    """Return advice that names the known word nearest to `word`, else the advice `otherwise`."""
    near = difflib.get_close_matches(word, sorted(known), n=1)
    return f"did you mean `{near[0]}`?" if near else otherwise
