"""The first difference between a file and its JSON Schema, worded for the person who wrote the file.

It compares plain data with a schema in `schemas/` and does not know where the data stood in the file.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from pcapcheck.documents.accept import Predicate, acceptor
from pcapcheck.errors import did_you_mean

_SCHEMAS: Final = Path(__file__).parent / "schemas"
_KINDS: Final = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "nothing",
}


class SchemaDifference(NamedTuple):
    """The first difference; `key` is set if a key of the mapping at `path` is wrong, not a value."""

    path: tuple[str | int, ...]
    key: str | None
    what: str
    fix: str


def first_difference(data: Any, schema_name: str) -> SchemaDifference | None:
    """Compare plain data with `schemas/<schema_name>.schema.json`, and return None if they fit."""
    if _acceptor(schema_name)(data):
        return None
    from jsonschema.exceptions import relevance  # imported only here, since it takes 0.15 s

    errors = sorted(_validator(schema_name).iter_errors(data), key=relevance)
    return _difference(_innermost(errors[-1])) if errors else None


@cache
def _schema(schema_name: str) -> Any:
    return json.loads((_SCHEMAS / f"{schema_name}.schema.json").read_text(encoding="utf-8"))


@cache
def _acceptor(schema_name: str) -> Predicate:
    return acceptor(_schema(schema_name))


@cache
def _validator(schema_name: str) -> Any:
    from jsonschema import Draft202012Validator

    schema = _schema(schema_name)
    return Draft202012Validator(_merged(schema, schema.get("$defs", {})))


def _merged(part: Any, definitions: Mapping[str, Any], inside: tuple[str, ...] = ()) -> Any:
    """Return a part of a schema in which each `$ref` has been merged with the keywords beside it.

    An error of jsonschema shows only the definition that was contradicted, so the description that stands
    beside the `$ref`, which is the advice for this very key, would not reach the message.
    """
    if isinstance(part, list):
        return [_merged(each, definitions, inside) for each in part]
    if not isinstance(part, dict):
        return part
    name = part["$ref"].removeprefix("#/$defs/") if "$ref" in part and len(part) > 1 else None
    if name and name not in inside:  # a definition that uses itself would have no end
        beside = {key: value for key, value in part.items() if key != "$ref"}
        return _merged({**definitions[name], **beside}, definitions, (*inside, name))
    return {key: _merged(value, definitions, inside) for key, value in part.items()}


def _innermost(error: Any) -> Any:
    """Follow `anyOf` into the alternative that the user most likely wanted: one of the right kind."""
    # jsonschema reports only that no alternative fits. One whose kind fits is what the user was writing; of
    # several, it is the one in which the mistake lies deepest, since all above the mistake is right.
    while error.context:
        fitting = [each for each in error.context if each.validator != "type" or each.path]
        if not fitting:
            return error
        error = max(fitting, key=lambda each: len(each.absolute_path))
    return error


def _difference(error: Any) -> SchemaDifference:
    path = tuple(error.absolute_path)
    if error.validator == "additionalProperties":
        return _unknown_key(path, error)
    explain = _EXPLANATIONS.get(error.validator, _unfit)
    what, fix = explain(error)
    return SchemaDifference(path, None, what, fix)


def _unknown_key(path: tuple[str | int, ...], error: Any) -> SchemaDifference:
    known = error.schema.get("properties", {})
    patterns = error.schema.get("patternProperties", {})
    extra = next(key for key in error.instance if key not in known and not _matches(key, patterns))
    fix = did_you_mean(extra, known, "known here: " + ", ".join(sorted(known)))
    return SchemaDifference(path, extra, f"`{_short(extra)}` is not known here", fix)


def _missing_key(error: Any) -> tuple[str, str]:
    missing = [f"`{key}:`" for key in error.validator_value if key not in error.instance]
    listed = ", ".join(missing[:-1]) + (" and " if missing[1:] else "") + missing[-1]
    return f"{listed} {'are' if missing[1:] else 'is'} missing", f"add {listed}"


def _unknown_word(error: Any) -> tuple[str, str]:
    words = [str(each) for each in error.validator_value]
    listed = ", ".join(words)
    return f"`{_short(error.instance)}` is none of {listed}", did_you_mean(
        str(error.instance), words, f"use one of {listed}"
    )


def _wrong_kind(error: Any) -> tuple[str, str]:
    kinds = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
    return _of_other_kind(error.instance, kinds, error.schema.get("description", ""))


def _of_other_kind(value: Any, kinds: list[str], description: str) -> tuple[str, str]:
    wanted = " or ".join(_KINDS[kind] for kind in kinds)
    scalar = not isinstance(value, dict | list)
    quote = "put the value in quotes" if kinds == ["string"] and scalar and value is not None else ""
    shown = f" `{_short(value)}`" if scalar and value is not None else ""
    return f"{_kind(value)}{shown} stands where {wanted} belongs", description or quote or f"give {wanted}"


def _no_alternative(error: Any) -> tuple[str, str]:
    """Explain a value whose kind is that of no alternative."""
    contexts = [each for each in error.context if each.validator == "type" and not each.path]
    if len(contexts) < len(error.context):
        return _unfit(error)
    listed = [each.validator_value for each in contexts]
    kinds = [kind for each in listed for kind in (each if isinstance(each, list) else [each])]
    schema = {**contexts[0].schema, **error.schema}
    return _of_other_kind(error.instance, list(dict.fromkeys(kinds)), schema.get("description", ""))


def _unfit(error: Any) -> tuple[str, str]:
    wanted = error.validator_value
    plain = not isinstance(wanted, dict | list)  # what else stands there is part of the schema
    advice = f"it must satisfy {error.validator}: {wanted}" if plain else "write it as other files do"
    return f"`{_short(error.instance)}` does not fit", error.schema.get("description") or advice


def _limit(word: str) -> Callable[[Any], tuple[str, str]]:
    def explain(error: Any) -> tuple[str, str]:
        return f"`{_short(error.instance)}` is {word} {error.validator_value}", error.schema.get(
            "description", "change the number"
        )

    return explain


_EXPLANATIONS: Final[dict[str, Callable[[Any], tuple[str, str]]]] = {
    "required": _missing_key,
    "enum": _unknown_word,
    "type": _wrong_kind,
    "anyOf": _no_alternative,
    "minimum": _limit("less than"),
    "maximum": _limit("more than"),
}


def _matches(key: str, patterns: Iterable[str]) -> bool:
    return any(re.search(pattern, key) for pattern in patterns)


def _kind(value: Any) -> str:
    names = {dict: "object", list: "array", str: "string", bool: "boolean", int: "integer", float: "number"}
    return _KINDS[names.get(type(value), "null")]


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:59] + "…"
