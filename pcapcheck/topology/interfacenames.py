"""What the name of an interface tells: the kind of its device, the numbers in it, and which CNI gives it.

Takes the names that shipped rule files have under `interfaces:`, and those of no CNI in `devices`. Where
several entries match a name, the first that says what is asked counts: those of rule files come before the
others, and among them those without a rank before those with one, which are in order of rank. What role a
name tells is asked in `roles`, which has an order of its own.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from pcapcheck.documents import shipped
from pcapcheck.documents.events import Data
from pcapcheck.topology.devices import GENERIC_NAMES, VLAN_ID, InterfaceName
from pcapcheck.topology.topology import Role

UNIQUE: Final = "unique"


@cache
def cni_names() -> tuple[InterfaceName, ...]:
    """Return the names that the shipped rule files tell."""
    found = (_entry(profile, each) for profile, listed in shipped.parts("interfaces") for each in listed)
    return tuple(sorted(found, key=lambda each: (each.rank or 0, each.profile)))


def _entry(profile: str, data: Data) -> InterfaceName:
    return InterfaceName(
        pattern=data["name"],
        role=Role(data["role"]) if "role" in data else None,
        kind=data.get("kind", ""),
        profile=data.get("profile", profile),
        rank=data.get("rank"),
        annotations=data.get("annotations", {}),
    )


def names_of(profile: str) -> tuple[InterfaceName, ...]:
    """Return the names that interfaces have in clusters of a profile, without those of what it extends."""
    return tuple(each for each in cni_names() if each.profile == profile)


def fits(entry: InterfaceName, name: str) -> bool:
    """Return whether a name is one of an entry's."""
    return _compiled(entry.pattern).fullmatch(name) is not None


def belongs(name: str, profile: str) -> bool:
    """Return whether interfaces have such a name in clusters of a profile."""
    return any(fits(each, name) for each in names_of(profile))


def kind_of(name: str, entries: Iterable[InterfaceName] | None = None) -> str:
    """Return the kind of the device that has such a name, as some entries tell it, or all; else ""."""
    known = (*cni_names(), *GENERIC_NAMES) if entries is None else entries
    return next((each.kind for each in known if each.kind and fits(each, name)), "")


def numbers_in(name: str) -> dict[str, int]:
    """Return the values of profiles' parameters that a name holds: in `flannel.1` it is the VNI."""
    found = (match.groupdict() for match in _matches(name, [*_patterns(cni_names()), VLAN_ID]))
    return next(({key: int(each[key]) for key in each if key != UNIQUE} for each in found), {})


def unique_part(name: str) -> str:
    """Return the end of a name that distinguishes the interfaces of one node; "" if there is none."""
    found = _matches(name, _patterns((*cni_names(), *GENERIC_NAMES)))
    return next((match[UNIQUE] for match in found if UNIQUE in match.groupdict()), "")


def _patterns(entries: Iterable[InterfaceName]) -> Iterator[str]:
    """Yield the patterns that have named groups."""
    return (each.pattern for each in entries if "(?P<" in each.pattern)


def _matches(name: str, patterns: Iterable[str]) -> Iterator[re.Match[str]]:
    return (match for each in patterns if (match := _compiled(each).fullmatch(name)))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
