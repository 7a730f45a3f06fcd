"""Dissectors: which protocol a number in a header names. Found in the folder `protocols/`, no list to edit.

Takes what the user or a profile adds ("UDP port 8472 is VXLAN"), as Wireshark's `decode as` does. Codes of
protocols are positions in `protocols()`, counted from 1; 0 means that no table names the number.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np

from pcapcheck.capture.arrays import Bytes
from pcapcheck.decode import protocols as folder
from pcapcheck.decode.field import Field, Kind, LinkType, Protocol
from pcapcheck.errors import InputError, did_you_mean

Codes: TypeAlias = Bytes

MAX_NUMBERS = 65536  # in a dissector table: an EtherType or a port has 16 bits
ALIASES = {"wireguard": "wg", "none": ""}  # words that people use and Wireshark does not
UNDECODED_LINK_TYPES = {105: "802.11", 127: "802.11 with radiotap"}  # common ones, for their names


@dataclass(frozen=True, slots=True)
class Dissectors:
    """The tables of one run.

    Attributes:
        tables: per dissector table, uint8 (65537,): number -> code of the protocol; the last (index -1) is 0.
        by_content: per dissector table, the codes of protocols that may be recognised by their bytes alone.
    """

    tables: Mapping[str, Codes]
    by_content: Mapping[str, tuple[int, ...]]


@cache
def protocols() -> tuple[Protocol, ...]:
    """Return all protocols, in order of their modules' names."""
    names = sorted(module.name for module in pkgutil.iter_modules(folder.__path__))
    modules = [importlib.import_module(f"{folder.__name__}.{name}") for name in names]
    return tuple(module.PROTOCOL for module in modules)


@cache
def link_types() -> dict[int, LinkType]:
    """Return the link types that can be decoded, by their LINKTYPE_ numbers."""
    return {number: each for protocol in protocols() for number, each in protocol.link_types.items()}


def link_type(number: int | None) -> LinkType:
    """Return the link type of a number; one that cannot be decoded, or is not known, has no properties."""
    return LinkType() if number is None else link_types().get(number, LinkType())


def link_type_name(number: int) -> str:
    """Return what people call a link type."""
    return link_type(number).name or UNDECODED_LINK_TYPES.get(number, f"link type {number}")


@cache
def code_of(name: str) -> int:
    """Return the code of a protocol, 0 if there is none of that name."""
    names = [protocol.name for protocol in protocols()]
    return names.index(name) + 1 if name in names else 0


@cache
def fields() -> dict[str, Field]:
    """Return every field by name, private ones too; of several places that share a name, the first."""
    return {field.name: field for protocol in reversed(protocols()) for field in reversed(protocol.fields)}


@cache
def codes_with(name: str) -> frozenset[int]:
    """Return the codes of the protocols that have a field of that name."""
    return frozenset(code for code, protocol in enumerate(protocols(), 1) if protocol.named(name))


def field_kinds() -> dict[str, Kind]:
    """Return the kind of every public field of the tables."""
    return {name: field.kind for name, field in fields().items() if field.public}


def dissector_table(
    extra: Mapping[str, Mapping[int, str]] | None = None, by_content: bool = False
) -> Dissectors:
    """Return the tables of a run.

    Args:
        extra: what the user or a profile adds or replaces: {"udp.port": {8472: "vxlan"}}; "" or "none":
            nothing.
        by_content: also recognise VXLAN and Geneve on ports that no table names, by their bytes.

    Raises:
        InputError: there is no such dissector table or protocol, or the number does not fit.
    """
    tables: dict[str, Codes] = {}
    guessed: dict[str, list[int]] = {}
    for code, protocol in enumerate(protocols(), 1):
        for table, numbers in protocol.within.items():
            entries = tables.setdefault(table, np.zeros(MAX_NUMBERS + 1, np.uint8))
            entries[list(numbers)] = code
            if by_content and protocol.recognise:
                guessed.setdefault(table, []).append(code)
    for table, named in (extra or {}).items():
        for number, name in named.items():
            _add(tables, table, number, name)
    return Dissectors(tables, {table: tuple(codes) for table, codes in guessed.items()})


def _add(tables: dict[str, Codes], table: str, number: int, name: str) -> None:
    where = f"decode-as `{table}=={number},{name}`"
    if table not in tables:
        fix = did_you_mean(table, tables, f"the tables are {', '.join(sorted(tables))}")
        raise InputError(where, f"`{table}` is not a dissector table", fix)
    if not 0 <= number < MAX_NUMBERS:
        raise InputError(
            where, f"{number} is not a valid number for `{table}`", "give a number from 0 to 65535"
        )
    name = ALIASES.get(name, name)
    if name and not code_of(name):
        known = [protocol.name for protocol in protocols()]
        fix = did_you_mean(name, known, f"the protocols are {', '.join(sorted(known))}")
        raise InputError(where, f"`{name}` is not a protocol that pcapcheck can decode", fix)
    tables[table][number] = code_of(name)
