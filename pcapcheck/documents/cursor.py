"""A cursor: one part of a YAML document, read key by key, which knows its line and column.

Rule files, topologies and root causes are all read with it, so that a mistake is worded in the same way
whichever file it is in. Every getter raises InputError, at the place of the value, if the value is not of
the kind that it returns. A cursor does not know what its document describes.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from pcapcheck.documents import values
from pcapcheck.documents.document import Document
from pcapcheck.documents.events import Place
from pcapcheck.errors import InputError, did_you_mean

Parsed = TypeVar("Parsed")


@dataclass(frozen=True, slots=True)
class Cursor:
    """The part of a document that `keys` lead to.

    Attributes:
        document: the whole document.
        data: the part itself: a mapping, a list, a scalar, or None if there is no such part.
        keys: the way from the top of the document to the part.
    """

    document: Document
    data: Any
    keys: tuple[str | int, ...] = ()

    @classmethod
    def top(cls, document: Document) -> "Cursor":
        """Return a cursor at the top of a document."""
        return cls(document, document.data)

    # Line and column are computed only where they are needed: finding them takes longer than reading.

    @property
    def place(self) -> Place:
        """Where the part stands."""
        return self.document.place(*self.keys)

    @property
    def key_place(self) -> Place:
        """Where the key of the part stands."""
        return self.document.key_place(*self.keys)

    def error(self, what: str, fix: str) -> InputError:
        """Return an error that shows where the part stands."""
        return self.place.error(what, fix)

    def key_error(self, what: str, fix: str) -> InputError:
        """Return an error that shows where the key of the part stands."""
        return self.key_place.error(what, fix)

    # Moving

    def at(self, key: str | int) -> "Cursor":
        """Return the part under a key; its data are None if there is no such key."""
        data = self.data[key] if isinstance(key, int) else self.get(key)
        return Cursor(self.document, data, (*self.keys, key))

    def items(self) -> Iterator[tuple[str, "Cursor"]]:
        """Yield each key of a mapping with the part under it."""
        for key, data in self._mapping().items():
            yield key, Cursor(self.document, data, (*self.keys, key))

    def each(self) -> Iterator["Cursor"]:
        """Yield the entries of a list."""
        if not isinstance(self.data, list | None):
            raise self.error("a list belongs here", "begin each entry with `- `")
        for index in range(len(self.data or [])):
            yield self.at(index)

    def one_or_each(self) -> Iterator["Cursor"]:
        """Yield the entries of a list; a mapping that is not empty counts as a list of one."""
        if not isinstance(self.data, dict):
            yield from self.each()
        elif self.data:
            yield self

    # Plain values

    def __contains__(self, key: str) -> bool:
        return isinstance(self.data, dict) and key in self.data

    def get(self, key: str, default: Any = None) -> Any:
        """Return the data under a key as they are."""
        return self._mapping().get(key, default)

    def text(self, key: str, default: str = "") -> str:
        """Return the text under a key."""
        value = self.get(key, default)
        if not isinstance(value, str):
            raise self.at(key).error(f"`{key}` is not text", "put the value in quotes")
        return value

    def words(self, key: str) -> tuple[str, ...]:
        """Return the words under a key: one word, a list of words, or none."""
        value = self.get(key, [])
        words = value if isinstance(value, list) else [value]
        if not all(isinstance(word, str) for word in words):
            raise self.at(key).error(f"`{key}` is not a list of words", "write [one, two]")
        return tuple(words)

    def choices(self, key: str, known: Collection[str]) -> tuple[str, ...]:
        """Return the words under a key, each of which must be a known one."""
        words = self.words(key)
        wrong = next((word for word in words if word not in known), None)
        if wrong is not None:
            fix = did_you_mean(wrong, known, "use one of " + ", ".join(known))
            raise self.at(key).error(f"`{wrong}` is not known under `{key}`", fix)
        return words

    def choice(self, key: str, known: Collection[str]) -> str | None:
        """Return the one word under a key, which must be a known one, or None if there is no such key."""
        words = self.choices(key, known)
        if len(words) > 1:
            raise self.at(key).error(f"`{key}` has several values", "give one")
        return words[0] if words else None

    # Values that people write as text, in the spelling that is used everywhere inside

    def mac(self, key: str) -> str | None:
        """Return the MAC address under a key, in lower case with colons."""
        return self._converted(key, values.mac)

    def time(self, key: str) -> int | None:
        """Return the time under a key, in nanoseconds since 1970 UTC."""
        return self._converted(key, values.time)

    def address(self, key: str) -> str | None:
        """Return the address under a key, without a prefix length."""
        return self._converted(key, values.address)

    def addresses(self, key: str) -> tuple[str, ...]:
        """Return the addresses under a key, each with the prefix length that it has there."""
        return self._each_converted(key, values.interface_address)

    def networks(self, key: str) -> tuple[str, ...]:
        """Return the networks under a key, without host bits."""
        return self._each_converted(key, values.network)

    def endpoints(self, key: str) -> tuple[str, ...]:
        """Return the `address:port` texts under a key."""
        return self._each_converted(key, values.endpoint)

    def _converted(self, key: str, convert: Callable[[str], Parsed]) -> Parsed | None:
        found = self.get(key)
        if found is None:
            return None
        try:
            return convert(found)
        except ValueError as error:
            raise self.at(key).error(str(error), "correct it, or remove the key") from None

    def _each_converted(self, key: str, convert: Callable[[str], str]) -> tuple[str, ...]:
        found = self.get(key)
        if isinstance(found, list):
            return tuple(_entry(entry, convert) for entry in self.at(key).each())
        text = self._converted(key, convert)
        return () if text is None else (text,)

    def _mapping(self) -> dict[str, Any]:
        if isinstance(self.data, dict):
            return self.data
        if self.data is None:
            return {}
        raise self.error("a mapping belongs here", "write `key: value` pairs")


def _entry(entry: Cursor, convert: Callable[[str], str]) -> str:
    try:
        return convert(entry.data)
    except ValueError as error:
        raise entry.error(str(error), "correct it, or remove it") from None
