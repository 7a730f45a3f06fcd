"""Parameters of a profile: values that differ between clusters, such as a VNI or a port.

A rule file, a topology or `--set` gives them as plain data; here they become numbers, networks and words.
Which rules use them is unknown here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from pcapcheck.check.matchers import Value
from pcapcheck.check.rulereader import Where
from pcapcheck.documents import values
from pcapcheck.documents.cursor import Cursor
from pcapcheck.documents.events import Place
from pcapcheck.documents.values import Span
from pcapcheck.errors import did_you_mean

NOWHERE: Final = Place("<built in>")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that differs between clusters; rules that need one without `values` are not evaluable."""

    name: str
    type: str  # integer | boolean | text | mac | address | network | range
    values: tuple[Value, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    choices: tuple[str, ...] = ()
    many: bool = False  # a list is allowed
    about: str = ""
    place: Place = NOWHERE

    @property
    def written(self) -> str:
        """Its values as people write them."""
        return ", ".join(_written(self.type, value) for value in self.values)

    @property
    def plain(self) -> object:
        """Its value, or the list of them, as a YAML file has them."""
        given = [_plain(self.type, value) for value in self.values]
        return given[0] if len(given) == 1 else given


def read_parameter(name: str, part: Cursor) -> Parameter:
    """Return one entry of `parameters`; its value is the default."""
    kind = part.text("type", "integer")
    if kind not in _READERS:
        fix = did_you_mean(kind, _READERS, "use one of " + ", ".join(_READERS))
        raise part.at("type").error(f"`{kind}` is not a type of parameters", fix)
    parameter = Parameter(
        name=name,
        type=kind,
        minimum=part.get("minimum"),
        maximum=part.get("maximum"),
        choices=part.words("choices"),
        many=bool(part.get("many", False)),
        about=part.text("about"),
        place=part.place,
    )
    return give(parameter, part.get("default"), part.at("default"))


def give(parameter: Parameter, data: Any, where: Where) -> Parameter:
    """Return the parameter with another value, or with none if `data` is None.

    Raises:
        InputError: it is not of the parameter's type, or out of its bounds.
    """
    if data is None:
        return replace(parameter, values=())
    if parameter.many and isinstance(data, str):
        data = data.split(",")  # as `--set vnis=1,2` writes a list
    entries = data if isinstance(data, list) else [data]
    if len(entries) != 1 and not parameter.many:
        raise where.error(f"`{parameter.name}` takes one value, not a list", "give one value")
    return replace(parameter, values=tuple(_value(parameter, each, where) for each in entries))


def _value(parameter: Parameter, data: Any, where: Where) -> Value:
    try:
        value = _READERS[parameter.type](data)
    except (ValueError, TypeError) as error:
        reason = str(error) if isinstance(error, ValueError) else f"`{data}` is not of this type"
        raise where.error(f"`{parameter.name}`: {reason}", f"give {_KINDS[parameter.type]}") from None
    if isinstance(value, int) and not _within(parameter, value):
        fix = f"give {_bound(parameter.minimum, 'any')} to {_bound(parameter.maximum, 'any')}"
        raise where.error(f"`{parameter.name}: {data}` is out of range", fix)
    if parameter.choices and value not in parameter.choices:
        fix = did_you_mean(str(value), parameter.choices, "use one of " + ", ".join(parameter.choices))
        raise where.error(f"`{parameter.name}: {data}` is not one of its values", fix)
    return value


def _plain(kind: str, value: Value) -> object:
    if kind == "boolean":
        return bool(value)
    return value if kind == "integer" else _written(kind, value)


def _written(kind: str, value: Value) -> str:
    if isinstance(value, Span):
        return values.cidr_text(value) if kind == "network" else f"{value.low}..{value.high}"
    if kind == "address" and isinstance(value, int):
        return values.address_text(4 if value < 1 << 32 else 6, value)
    return values.written(kind, value) if isinstance(value, int) else value


def _within(parameter: Parameter, value: int) -> bool:
    low, high = parameter.minimum, parameter.maximum
    return (low is None or value >= low) and (high is None or value <= high)


def _bound(limit: int | None, otherwise: str) -> str:
    return otherwise if limit is None else str(limit)


def _word(data: Any) -> str:
    if not isinstance(data, str):
        raise ValueError(f"`{data}` is not text")
    return data


def _number(data: Any) -> int:
    if isinstance(data, bool) or not isinstance(data, int | str):
        raise ValueError(f"`{data}` is not a number")
    return values.number(data)


_READERS: Final[Mapping[str, Callable[[Any], Value]]] = {
    "integer": _number,
    "boolean": lambda data: values.parse("boolean", data),
    "text": _word,
    "mac": lambda data: values.mac_number(_word(data)),
    "address": lambda data: values.address_number(_word(data))[1],
    "network": lambda data: values.cidr(_word(data)),
    "range": lambda data: values.span(_word(data)),
}
_KINDS: Final = {
    "integer": "a whole number",
    "boolean": "true or false",
    "text": "a word",
    "mac": "a MAC such as 52:54:00:12:34:56",
    "address": "an address such as 10.244.0.5",
    "network": "a network such as 10.244.0.0/16",
    "range": "a range such as 49152..65535",
}
