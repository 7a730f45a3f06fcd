"""Builds plain data from libyaml's events, and records where each part stood.

Events are taken one by one, without recursion, which is twice as fast as composing nodes and has no depth at
which it fails. Plain scalars are resolved by the core schema of YAML 1.2, so that `yes`, `on` and
`52:54:00:12:34:56` are text. Parts of YAML that are not supported, and files that are made to exhaust memory,
raise InputError at their place.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeAlias

import yaml

from pcapcheck.errors import InputError

Mark: TypeAlias = tuple[int, int]  # line, column, from 0
Data: TypeAlias = Any  # what YAML can say: dict[str, Data] | list[Data] | str | int | float | bool | None
DEEPEST: Final = 64
MOST_VALUES: Final = 5_000_000  # an alias counts as many as what it stands for
_INTEGER: Final = re.compile(r"[-+]?[0-9]{1,40}|0x[0-9a-fA-F]{1,40}|0o[0-7]{1,40}", re.ASCII)
_FLOAT: Final = re.compile(
    r"[-+]?(?:\.[0-9]{1,40}|[0-9]{1,40}(?:\.[0-9]{0,40})?)(?:[eE][-+]?[0-9]{1,2})?", re.ASCII
)
_WORDS: Final[dict[str, bool | None]] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_WORDS.update({"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False})
_TAGS: Final = {None, "!"} | {
    f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "map", "seq")
}
_BREAK: Final = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # the line breaks that libyaml counts
_WIDTH: Final = 100  # of an excerpt, in characters


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a file, counted from 1. `excerpt` is the line that stands there."""

    file: str
    line: int = 1
    column: int = 1
    excerpt: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    def error(self, what: str, fix: str) -> InputError:
        """Return an error that shows this place with a caret."""
        start = max(0, self.column - _WIDTH * 2 // 3) if len(self.excerpt) > _WIDTH else 0
        line = "".join(each if each.isprintable() else " " for each in self.excerpt[start : start + _WIDTH])
        return InputError(self, what, fix, line.rstrip(), self.column - start)

    @classmethod
    def within(cls, file: str, text: str, mark: Mark) -> "Place":
        """Return the place of a mark in a text."""
        lines = _lines(text)
        return cls(file, mark[0] + 1, mark[1] + 1, lines[mark[0]] if mark[0] < len(lines) else "")


@lru_cache(maxsize=2)  # every rule asks for its place, and splitting the text takes long
def _lines(text: str) -> list[str]:
    return _BREAK.split(text)


class _Open:
    """A mapping or list whose end has not been read yet."""

    __slots__ = ("anchor", "data", "key", "key_mark", "marks", "size", "start")

    def __init__(self, data: Data, start: Mark, anchor: str | None) -> None:
        self.data, self.start, self.anchor = data, start, anchor
        self.key: str | None = None
        self.key_mark: Mark = start
        self.marks: dict[Any, tuple[Mark, Mark]] = {}
        self.size = 1


class Builder:
    """Builds the data of one document from its events."""

    def __init__(self, text: str, name: str) -> None:
        self.text, self.name = text, name
        self.root: Data = None
        self.marks: dict[int, dict[Any, tuple[Mark, Mark]]] = {}
        self.stack: list[_Open] = []
        self.anchors: dict[str, tuple[Data, int]] = {}
        self.values = 0
        self.documents = 0
        self._handlers: dict[type, Callable[[Any, Mark], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._begin,
            yaml.SequenceStartEvent: self._begin,
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._document,
        }

    def add(self, event: yaml.Event) -> None:
        """Take the next event."""
        handle = self._handlers.get(type(event))
        if handle:
            start: Any = event.start_mark  # never None, since libyaml gives every event a start
            handle(event, (start.line, start.column))

    def place(self, mark: Mark) -> Place:
        """Return the place of a mark."""
        return Place.within(self.name, self.text, mark)

    def _document(self, event: yaml.DocumentStartEvent, mark: Mark) -> None:
        self.documents += 1
        if self.documents > 1:
            raise self.place(mark).error("a second document begins here", "keep one document in a file")

    def _begin(self, event: yaml.CollectionStartEvent, mark: Mark) -> None:
        self._check_tag(event.tag, mark)
        if len(self.stack) >= DEEPEST:
            raise self.place(mark).error(f"is nested deeper than {DEEPEST} levels", "flatten the file")
        if self.stack and self._wants_key():
            raise self.place(mark).error("a list or mapping stands where a key belongs", "use text as key")
        data: Data = {} if isinstance(event, yaml.MappingStartEvent) else []
        self.stack.append(_Open(data, mark, event.anchor))

    def _end(self, event: yaml.CollectionEndEvent, mark: Mark) -> None:
        done = self.stack.pop()
        self.marks[id(done.data)] = done.marks
        if done.anchor:
            self.anchors[done.anchor] = (done.data, done.size)
        if self.stack:
            self.stack[-1].size += done.size - 1
        self._put(done.data, done.start)

    def _scalar(self, event: yaml.ScalarEvent, mark: Mark) -> None:
        self._check_tag(event.tag, mark)
        plain = event.implicit[0] or (event.tag is not None and not event.tag.endswith((":str", "!")))
        if self.stack and self._wants_key():
            self._take_key(event.value, mark)
            value: Data = event.value
        else:
            value = _plain(event.value) if plain else event.value
            self._put(value, mark)
        if event.anchor:
            self.anchors[event.anchor] = (value, 1)

    def _alias(self, event: yaml.AliasEvent, mark: Mark) -> None:
        if event.anchor not in self.anchors:
            what = f"`*{event.anchor}` stands for nothing that is complete before it"
            raise self.place(mark).error(what, f"define `&{event.anchor}` above, not around it")
        value, size = self.anchors[event.anchor]
        if not (self.stack and self._wants_key()):
            self._count(size - 1, mark)
            self._put(value, mark)
        elif isinstance(value, str):
            self._take_key(value, mark)
        else:
            raise self.place(mark).error("a list or mapping stands where a key belongs", "use text as key")

    def _wants_key(self) -> bool:
        return isinstance(self.stack[-1].data, dict) and self.stack[-1].key is None

    def _take_key(self, key: str, mark: Mark) -> None:
        top = self.stack[-1]
        if key == "<<":
            raise self.place(mark).error("merge keys (`<<`) are not supported", "write the keys out")
        if key in top.data:
            first = top.marks[key][0][0] + 1
            raise self.place(mark).error(
                f"`{key}` is here twice; line {first} has it too", "remove one of the two"
            )
        top.key, top.key_mark = key, mark

    def _put(self, value: Data, mark: Mark) -> None:
        self._count(1, mark)
        if not self.stack:
            self.root = value
            return
        top = self.stack[-1]
        if top.key is None:
            top.marks[len(top.data)] = (mark, mark)
            top.data.append(value)
        else:
            top.marks[top.key] = (top.key_mark, mark)
            top.data[top.key], top.key = value, None

    def _count(self, values: int, mark: Mark) -> None:
        self.values += values
        if self.stack:
            self.stack[-1].size += values
        if self.values > MOST_VALUES:
            raise self.place(mark).error(
                f"has more than {MOST_VALUES:,} values", "use fewer aliases, or split the file"
            )

    def _check_tag(self, tag: str | None, mark: Mark) -> None:
        if tag not in _TAGS:
            raise self.place(mark).error(f"the tag `{tag}` is not supported", "remove the tag")


def _plain(text: str) -> str | int | float | bool | None:
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    if _INTEGER.fullmatch(text):
        return int(text, {"x": 16, "o": 8}.get(text[1:2], 10))
    return float(text) if _FLOAT.fullmatch(text) else text
