"""Reads matchers: what a file says about a field becomes a matcher (DESIGN, rule file: matchers).

The input is plain data as YAML gives it, and its place; a defect is an InputError at that place. Which fields
exist is checked by `lint`.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from pcapcheck.check.matchers import (
    AnyOf,
    Bits,
    Earlier,
    Literal,
    Matcher,
    Not,
    Other,
    Pattern,
    Present,
    Value,
    Variable,
)
from pcapcheck.decode.tunnels import TUNNELS
from pcapcheck.documents import values
from pcapcheck.documents.values import Span
from pcapcheck.errors import InputError, did_you_mean


class Where(Protocol):
    """A place in a file or a text, which makes the errors about it."""

    def error(self, what: str, fix: str) -> InputError:
        """Return an error that shows the place."""


FORMS: Final = ("plain", *(each.name for each in TUNNELS))
MATCHER_KEYS: Final = ("not", "present", "hop", "minus", "field", "bits", "is")


def read(field: str, data: Any, where: Where) -> Matcher:
    """Return the matcher of one key of `when` or `expect`.

    Raises:
        InputError: `data` is no matcher.
    """
    if isinstance(data, list):
        if not data:
            raise where.error("an empty list matches nothing", "give at least one value")
        return AnyOf(tuple(read(field, each, where) for each in data))
    if isinstance(data, dict):
        return _read_mapping(field, data, where)
    if isinstance(data, str):
        return _read_text(field, data, where)
    if isinstance(data, bool | int):
        return Literal(int(data), str(data).lower())
    shown = "nothing" if data is None else f"`{data}`"
    what = f"{shown} stands where a matcher for `{field}` belongs"
    raise where.error(what, "give a value, a list or a mapping")


def read_value(text: str) -> Value:
    """Return the number, range or network that a text stands for; any other text stands for itself."""
    for parse in _parsers(text):
        try:
            return parse(text)
        except ValueError:
            continue
    return text


def _parsers(text: str) -> tuple[Callable[[str], Value], ...]:
    if ".." in text:
        return (values.span,)
    if "/" in text:
        return (values.cidr,)
    if text.count(":") == 5 or text.count("-") == 5:
        return (values.mac_number, values.ipv6_number)
    return (values.number, values.ipv4_number, values.ipv6_number)


def _read_text(field: str, text: str, where: Where) -> Matcher:
    if text.startswith("$"):
        return Variable(field, text[1:])
    if field == "stack":
        return Pattern(text)
    if field == "form":
        if text not in FORMS:
            fix = did_you_mean(text, FORMS, "use one of " + ", ".join(FORMS))
            raise where.error(f"`{text}` is not a form", fix)
        return Literal(text, text)
    value = read_value(text)
    if isinstance(value, str):
        what = f"`{text}` is neither a number, an address, a network, a range nor a variable"
        raise where.error(what, "write 8472, 10.244.0.0/16, 49152..65535, 52:54:00:12:34:56 or $name")
    return Literal(value, text)


def _read_mapping(field: str, data: Mapping[str, Any], where: Where) -> Matcher:
    unknown = next((key for key in data if key not in MATCHER_KEYS), None)
    if unknown is not None:
        fix = did_you_mean(str(unknown), MATCHER_KEYS, "known: " + ", ".join(MATCHER_KEYS))
        raise where.error(f"`{unknown}` is not a matcher", fix)
    kind = next((key for key in _READERS if key in data), None)
    if kind is None or set(data) - {kind} - _BESIDE.get(kind, set()):
        keys = ", ".join(f"`{key}`" for key in data)
        fix = "write {not: …}, {present: false}, {hop: previous, minus: 1}, {field: …} or {bits: …, is: …}"
        raise where.error(f"{keys} do not make one matcher", fix)
    return _READERS[kind](field, data, where)


def _read_not(field: str, data: Mapping[str, Any], where: Where) -> Matcher:
    return Not(read(field, data["not"], where))


def _read_present(field: str, data: Mapping[str, Any], where: Where) -> Matcher:
    if not isinstance(data["present"], bool):
        raise where.error(f"`present: {data['present']}` is neither true nor false", "write true or false")
    return Present(data["present"])


def _read_hop(field: str, data: Mapping[str, Any], where: Where) -> Matcher:
    if data["hop"] != "previous":
        raise where.error(f"`{data['hop']}` is not a hop to compare with", "write {hop: previous}")
    minus = data.get("minus", 0)
    return Earlier(field, None if minus == "$routed" else _count(minus, where))


def _read_field(field: str, data: Mapping[str, Any], where: Where) -> Matcher:
    if not isinstance(data["field"], str):
        raise where.error("`field` does not name a field", "write {field: inner.ip.ttl}")
    return Other(field, data["field"], _count(data.get("minus", 0), where))


def _read_bits(field: str, data: Mapping[str, Any], where: Where) -> Matcher:
    bits = read_value(str(data["bits"]))
    if not isinstance(bits, Span) or bits.bits or bits.high > 127 or "is" not in data:
        raise where.error("`bits` needs a range of bits and the key `is`", "write {bits: 8..31, is: $vsid}")
    return Bits(bits.low, bits.high, read(field, data["is"], where))


_BESIDE: Final = {"hop": {"minus"}, "field": {"minus"}, "bits": {"is"}}


def _count(data: Any, where: Where) -> int:
    if isinstance(data, bool) or not isinstance(data, int):
        raise where.error(f"`minus: {data}` is not a number", "write a whole number, or $routed between hops")
    return data


_READERS: Final[Mapping[str, Callable[[str, Mapping[str, Any], Where], Matcher]]] = {
    "not": _read_not,
    "present": _read_present,
    "hop": _read_hop,
    "field": _read_field,
    "bits": _read_bits,
}
