"""A JSON Schema (draft 2020-12) compiled to one function that tells whether data fit it.

The function is forty times as fast as jsonschema, whose import alone takes as long as checking a small
folder. It only says yes or no; `schema` asks jsonschema what is wrong. A keyword that is not implemented here
makes the answer no, so that jsonschema decides.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

Predicate: TypeAlias = Callable[[Any], bool]
_REMARKS: Final = frozenset(
    {"$schema", "$id", "$defs", "title", "description", "default", "examples", "$comment"}
)
_TYPES: Final[dict[str, Predicate]] = {
    "object": lambda data: isinstance(data, dict),
    "array": lambda data: isinstance(data, list),
    "string": lambda data: isinstance(data, str),
    "integer": lambda data: _is_number(data) and (isinstance(data, int) or data.is_integer()),
    "number": lambda data: _is_number(data),
    "boolean": lambda data: isinstance(data, bool),
    "null": lambda data: data is None,
}


def acceptor(schema: Mapping[str, Any]) -> Predicate:
    """Return a function that tells whether data fit a schema: True is certain, False may be doubt."""
    return _Compiler(schema).compiled(schema)


class _Compiler:
    """Compiles one schema; each definition is compiled once, so that definitions may use each other."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._definitions: Mapping[str, Any] = root.get("$defs", {})
        self._known: dict[str, Predicate] = {}

    def compiled(self, schema: Mapping[str, Any] | bool) -> Predicate:
        """Return the predicate of a schema or of a part of one."""
        if isinstance(schema, bool):
            return lambda _: schema
        checks = [check for word in schema if (check := self._keyword(word, schema))]
        if len(checks) == 1:
            return checks[0]
        return lambda data: all(check(data) for check in checks)

    def _keyword(self, word: str, schema: Mapping[str, Any]) -> Predicate | None:
        """Return the predicate of one keyword, or None if it has no effect by itself."""
        if word in _REMARKS or (
            word in ("properties", "patternProperties") and "additionalProperties" in schema
        ):
            return None
        value = schema[word]
        if word in ("properties", "patternProperties", "additionalProperties"):
            return self._members(schema)
        if word in _SIMPLE:
            return _SIMPLE[word](value)
        return self._nested(word, value)

    def _nested(self, word: str, value: Any) -> Predicate:
        """Return the predicate of a keyword that holds schemas."""
        if word == "$ref":
            return self._definition(value)
        if word == "items":
            item = self.compiled(value)
            return lambda data: not isinstance(data, list) or all(map(item, data))
        if word == "propertyNames":
            name = self.compiled(value)
            return lambda data: not isinstance(data, dict) or all(map(name, data))
        if word in ("anyOf", "allOf"):
            parts, combine = [self.compiled(each) for each in value], any if word == "anyOf" else all
            return lambda data: combine(part(data) for part in parts)
        return lambda _: False

    def _definition(self, reference: str) -> Predicate:
        name = reference.removeprefix("#/$defs/")
        if name not in self._definitions:
            return lambda _: False
        if name not in self._known:
            self._known[name] = lambda data: self._known[name](data)  # a definition may use itself
            self._known[name] = self.compiled(self._definitions[name])
        return self._known[name]

    def _members(self, schema: Mapping[str, Any]) -> Predicate:
        named = {name: self.compiled(each) for name, each in schema.get("properties", {}).items()}
        patterns = [
            (re.compile(text), self.compiled(each))
            for text, each in schema.get("patternProperties", {}).items()
        ]
        others = self.compiled(schema.get("additionalProperties", True))

        def fits(name: str, value: Any) -> bool:
            checks = [check for pattern, check in patterns if pattern.search(name)]
            checks += [named[name]] if name in named else []
            return all(check(value) for check in checks or [others])

        def plain(data: Any) -> bool:
            return not isinstance(data, dict) or all(
                named.get(name, others)(value) for name, value in data.items()
            )

        return (
            (lambda data: not isinstance(data, dict) or all(map(fits, data, data.values())))
            if patterns
            else plain
        )


def _is_number(data: Any) -> bool:
    return isinstance(data, int | float) and not isinstance(data, bool)


def _type(names: str | list[str]) -> Predicate:
    kinds = [_TYPES[name] for name in ([names] if isinstance(names, str) else names)]
    return kinds[0] if len(kinds) == 1 else lambda data: any(kind(data) for kind in kinds)


def _pattern(text: str) -> Predicate:
    pattern = re.compile(text)
    return lambda data: not isinstance(data, str) or pattern.search(data) is not None


def _same(wanted: list[Any]) -> Predicate:
    """Return the predicate of `enum`, which tells 1 from true although they are equal in Python."""
    return lambda data: any(
        data == each and isinstance(data, bool) == isinstance(each, bool) for each in wanted
    )


def _size(kind: type[str | list[Any] | dict[str, Any]], fits: Callable[[int], bool]) -> Predicate:
    return lambda data: not isinstance(data, kind) or fits(len(data))


_SIMPLE: Final[dict[str, Callable[[Any], Predicate]]] = {
    "type": _type,
    "enum": _same,
    "const": lambda value: _same([value]),
    "pattern": _pattern,
    "required": lambda names: lambda data: not isinstance(data, dict) or all(name in data for name in names),
    "minimum": lambda least: lambda data: not _is_number(data) or data >= least,
    "maximum": lambda most: lambda data: not _is_number(data) or data <= most,
    "exclusiveMinimum": lambda bound: lambda data: not _is_number(data) or data > bound,
    "minLength": lambda least: _size(str, lambda size: size >= least),
    "minItems": lambda least: _size(list, lambda size: size >= least),
    "maxItems": lambda most: _size(list, lambda size: size <= most),
    "minProperties": lambda least: _size(dict, lambda size: size >= least),
    "maxProperties": lambda most: _size(dict, lambda size: size <= most),
    "uniqueItems": lambda wanted: (
        lambda data: (
            not wanted
            or not isinstance(data, list)
            or (all(isinstance(each, str) for each in data) and len(set(data)) == len(data))
        )
    ),
}
