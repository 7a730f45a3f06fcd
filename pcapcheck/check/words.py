"""The names that rules may use, fields of packets and variables, and what is wrong with any other.

It imports the decoder, which takes time; shipped rule files, which a test checks, are read without it.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from typing import Final, NamedTuple

from pcapcheck.check.matchers import Bits, Literal, Matcher, Other, Variable
from pcapcheck.check.rulefile import ROLES
from pcapcheck.decode.columns import field_names
from pcapcheck.documents.values import BITS, Span, address_number, mac_number
from pcapcheck.errors import did_you_mean
from pcapcheck.topology.names import OF_CLUSTER

SPECIAL: Final = ("form", "stack")
END_SUBJECTS: Final = ("source", "destination")
POINTS: Final = ("here", "previous", "next")
OF_POD: Final = ("address", "addresses", "mac", "vni", "identity", "name", "gateway_mac", "uplink_mac")
OF_NODE: Final = ("node.addresses", "node.underlay_addresses", "node.name")
OF_POINT: Final = (
    "mac",
    "mtu",
    "name",
    "address",
    "addresses",
    "vni",
    "port",
    "key",
    "vlan",
    "vsid",
    "flow_id",
)
_LIST: Final = "`pcapcheck rules fields` lists the known names"
_NAME: Final = re.compile(r"((?:quoted\.)?(?:inner\.)?)([^#]*)(#[1-9][0-9]?)?")
_KINDS: Final = {
    "mac": "a MAC",
    "ipv4": "an IPv4 address",
    "ipv6": "an IPv6 address",
    "boolean": "true or false",
}


class Wrong(NamedTuple):
    """What is wrong with a name or value, and how to fix it."""

    what: str
    fix: str


@cache
def kinds() -> Mapping[str, str]:
    """Return the kind of every field that a rule may name."""
    return field_names()


def check_field(name: str) -> Wrong | None:
    """Return what is wrong with the name of a field, or None."""
    parts = _NAME.fullmatch(name)
    if name in SPECIAL or (parts and parts[2] in kinds() and not (parts[3] and "inner." in parts[1])):
        return None
    if parts and parts[2] in kinds():
        return Wrong(
            f"`{name}` counts occurrences from both ends",
            f"write `{parts[2]}{parts[3]}` or `inner.{parts[2]}`",
        )
    known = [*(f"{parts[1] if parts else ''}{field}" for field in kinds()), *SPECIAL]
    return Wrong(f"`{name}` is not a field of any protocol", did_you_mean(name, known, _LIST))


def check_matcher(field: str, matcher: Matcher, parameters: Collection[str]) -> Wrong | None:
    """Return what is wrong with a matcher on a field that exists, or None."""
    found = (_check_part(field, part, parameters) for part in _compared(matcher))
    return next((wrong for wrong in found if wrong), None)


def _compared(matcher: Matcher) -> Iterator[Matcher]:
    """Yield a matcher and all that it is made of, but no numbers that are compared with some bits only."""
    bits = {id(part) for each in matcher.walk() if isinstance(each, Bits) for part in each.walk()}
    yield from (each for each in matcher.walk() if id(each) not in bits or not isinstance(each, Literal))


def _check_part(field: str, matcher: Matcher, parameters: Collection[str]) -> Wrong | None:
    if isinstance(matcher, Variable):
        return check_variable(matcher.path, parameters)
    if isinstance(matcher, Literal) and field not in SPECIAL:
        return _check_literal(field, matcher)
    return check_field(matcher.name) if isinstance(matcher, Other) else None


def _check_literal(field: str, literal: Literal) -> Wrong | None:
    """Compare a value with the field's kind: numbers and addresses must be written as such."""
    kind = kinds()[_bare(field)]
    if _bits(literal) == BITS.get(kind, 0):
        return None
    wanted = _KINDS.get(kind, "a number")
    return Wrong(f"`{literal.written}` is not {wanted}, which `{field}` is", f"give {wanted}")


def _bare(field: str) -> str:
    parts = _NAME.fullmatch(field)
    return parts[2] if parts else field


def _bits(literal: Literal) -> int:
    """Return 48 for a MAC, 32 or 128 for addresses and networks, 0 for numbers."""
    if isinstance(literal.wanted, Span):
        return literal.wanted.bits
    for bits, parse in _WRITTEN.items():
        try:
            parse(literal.written)
        except ValueError:
            continue
        return bits
    return 0


def _ipv4(text: str) -> None:
    if address_number(text)[0] != 4:
        raise ValueError(text)


def _ipv6(text: str) -> None:
    if address_number(text)[0] != 6:
        raise ValueError(text)


_WRITTEN: Final[Mapping[int, Callable[[str], object]]] = {48: mac_number, 32: _ipv4, 128: _ipv6}


def check_variable(path: str, parameters: Collection[str]) -> Wrong | None:
    """Return what is wrong with a variable, or None; `path` is without the dollar sign."""
    head, dot, rest = path.partition(".")
    if not dot:
        return None if path in parameters else _no_parameter(path, parameters)
    if head not in _SUBJECTS:
        fix = did_you_mean(head, _SUBJECTS, _listed("names begin with", _SUBJECTS))
        return Wrong(f"`${head}` does not begin any known name", fix)
    known = _SUBJECTS[head](rest)
    if rest in known:
        return None
    fix = did_you_mean(path, [f"{head}.{each}" for each in known], _listed(f"after `${head}.`", known))
    return Wrong(f"`${path}` is not known", fix)


def _no_parameter(path: str, parameters: Collection[str]) -> Wrong:
    fix = did_you_mean(path, parameters, _listed("parameters", parameters))
    return Wrong(f"`${path}` is not a parameter of this profile", fix)


def _of_end(rest: str) -> tuple[str, ...]:
    pods = tuple(f"pod.{each}" for each in OF_POD)
    return _of_node(rest) or ("address", *pods, "gateway.mac", "gateway.ip", *OF_NODE)


def _of_point(rest: str) -> tuple[str, ...]:
    return _of_node(rest) or (*OF_POINT, *(f"pod.{each}" for each in OF_POD), *OF_NODE)


def _of_node(rest: str) -> tuple[str, ...]:
    """Return the names behind `node.<role>.`, if `rest` begins so."""
    subject, _, tail = rest.partition(".")
    role = tail.partition(".")[0]
    return tuple(f"node.{role}.{each}" for each in OF_POINT) if subject == "node" and role in ROLES else ()


def _of_cluster(rest: str) -> tuple[str, ...]:
    return tuple(OF_CLUSTER)


_SUBJECTS: Final[Mapping[str, Callable[[str], tuple[str, ...]]]] = {
    **dict.fromkeys(END_SUBJECTS, _of_end),
    **dict.fromkeys(POINTS, _of_point),
    "cluster": _of_cluster,
}


def _listed(what: str, known: Collection[str]) -> str:
    return f"{what}: " + (", ".join(sorted(known)) or "none")
