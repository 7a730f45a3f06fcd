"""A YAML document that knows the line and column of each of its parts.

It is read from a file or a text and gives plain dicts, lists and scalars; `place()` tells where a part
stands, and `validate` compares the whole with a JSON Schema. It does not know what the file is about. Every
defect of the file, even one made on purpose, is an InputError.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from pcapcheck.capture import remote
from pcapcheck.documents.events import Builder, Data, Mark, Place
from pcapcheck.documents.schema import first_difference
from pcapcheck.errors import InputError

LARGEST: Final = 64 << 20  # bytes; a topology of 5,000 nodes has some 10 MB


@dataclass(frozen=True)
class Document:
    """A file's data, and where each part of it stands."""

    path: str
    data: Data
    _text: str = field(repr=False, default="")
    _marks: Mapping[int, Mapping[Any, tuple[Mark, Mark]]] = field(repr=False, default_factory=dict)

    @classmethod
    def load(cls, path: str | Path, shown: str | None = None) -> "Document":
        """Read a YAML file; `shown` is its name in error messages, if that is not its path.

        Raises:
            InputError: it cannot be read, is not UTF-8 or YAML, or uses a part of YAML that is not supported.
        """
        name = shown or str(path)
        try:
            content = _content(path)
        except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
            reason = getattr(error, "strerror", None) or str(error)
            raise InputError(
                name, f"cannot be read: {reason}", "give the path of a readable YAML file"
            ) from None
        if len(content) > LARGEST:
            raise InputError(
                name, f"is larger than {LARGEST >> 20} MB", "split the file, or give the right one"
            )
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise InputError(f"{name}:{line}", "is not UTF-8 text", "save the file as UTF-8") from None
        return cls.parse(text, name)

    @classmethod
    def parse(cls, text: str, name: str = "<text>") -> "Document":
        """Read YAML from a text; `name` stands for it in messages.

        Raises:
            InputError: it is not YAML, or uses a part of YAML that is not supported.
        """
        builder = Builder(text, name)
        try:
            # As yaml.parse, which asks before each event whether there is one: None comes after the last.
            for event in iter(yaml.CSafeLoader(text).get_event, None):
                builder.add(event)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            place = builder.place((mark.line, mark.column) if mark else (0, 0))
            raise place.error(
                f"is not YAML: {error.problem or error.context}", "fix the syntax here or above"
            ) from None
        except (yaml.YAMLError, UnicodeEncodeError) as error:
            reason = getattr(error, "reason", "it cannot be parsed")
            raise InputError(
                name, f"is not YAML: {reason}", "remove control characters, and save it as UTF-8"
            ) from None
        return cls(name, builder.root, text, builder.marks)

    def validate(self, schema_name: str) -> None:
        """Compare the document with `schemas/<schema_name>.schema.json`.

        Raises:
            InputError: they differ; it tells the place of the first difference and what was expected there.
        """
        difference = first_difference(self.data, schema_name)
        if difference and difference.key is not None:
            raise self.key_place(*difference.path, difference.key).error(difference.what, difference.fix)
        if difference:
            raise self.place(*difference.path).error(difference.what, difference.fix)

    def place(self, *keys: str | int) -> Place:
        """Return the place of the value that `keys` lead to, or of the nearest part above a missing one."""
        return self._at(keys, 1)

    def key_place(self, *keys: str | int) -> Place:
        """Return where the last of `keys` itself stands."""
        return self._at(keys, 0)

    def _at(self, keys: tuple[str | int, ...], which: int) -> Place:
        # Marks are found by the id of the mapping or list, which lives as long as the document: plain dicts
        # and lists are what the callers want, and an alias shares the marks of what it stands for.
        mark, part = (0, 0), self.data
        for depth, key in enumerate(keys):
            known = self._marks.get(id(part), {})
            if key not in known:
                break
            mark = known[key][which if depth == len(keys) - 1 else 1]
            part = part[key]
        return Place.within(self.path, self._text, mark)


def _content(path: str | Path) -> bytes:
    if remote.is_url(str(path)):
        return remote.content(str(path), LARGEST + 1)
    with Path(path).open("rb") as file:
        return file.read(LARGEST + 1)
