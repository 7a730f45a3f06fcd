"""A part of a document: its data, and where it stands if that must be said.

Takes a YAML document and keys; knows no rules. Places are looked up when there is something to say, since
that takes longer than reading.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pcapcheck.documents.document import Document
from pcapcheck.documents.events import Place
from pcapcheck.errors import InputError


@dataclass(frozen=True, slots=True)
class Spot:
    """The part of a document that `keys` lead to."""

    document: Document
    data: Any
    keys: tuple[str | int, ...] = ()

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.document.place(*self.keys)

    def error(self, what: str, fix: str) -> InputError:
        """Return an error that shows where it stands."""
        return self.place.error(what, fix)

    def key_error(self, what: str, fix: str) -> InputError:
        """Return an error that shows where its key stands."""
        return self.document.key_place(*self.keys).error(what, fix)

    def __contains__(self, key: str) -> bool:
        return isinstance(self.data, dict) and key in self.data

    def get(self, key: str, default: Any = None) -> Any:
        """Return the data under a key."""
        if not isinstance(self.data, dict | None):
            raise self.error("a mapping belongs here", "write `key: value` pairs")
        return (self.data or {}).get(key, default)

    def at(self, key: str | int) -> "Spot":
        """Return the part under a key that is there, or an empty one."""
        data = self.data[key] if isinstance(key, int) else self.get(key)
        return Spot(self.document, data, (*self.keys, key))

    def text(self, key: str, default: str = "") -> str:
        """Return the text under a key."""
        value = self.get(key, default)
        if not isinstance(value, str):
            raise self.at(key).error(f"`{key}` is not text", "put the value in quotes")
        return value

    def words(self, key: str) -> tuple[str, ...]:
        """Return the words under a key: one word, a list of words, or nothing."""
        value = self.get(key, [])
        words = value if isinstance(value, list) else [value]
        if not all(isinstance(word, str) for word in words):
            raise self.at(key).error(f"`{key}` is not a list of words", "write [one, two]")
        return tuple(words)

    def items(self) -> Iterator[tuple[str, "Spot"]]:
        """Yield the keys of a mapping, with their parts."""
        if not isinstance(self.data, dict | None):
            raise self.error("a mapping belongs here", "write `key: value` pairs")
        for key in self.data or {}:
            yield key, self.at(key)

    def each(self) -> Iterator["Spot"]:
        """Yield the entries of a list."""
        if not isinstance(self.data, list | None):
            raise self.error("a list belongs here", "begin each entry with `- `")
        for index in range(len(self.data or [])):
            yield self.at(index)
