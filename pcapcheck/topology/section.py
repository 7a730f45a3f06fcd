"""One mapping of a topology file, read key by key: text, numbers, addresses, networks, times in one spelling.

A value that cannot be read is an InputError at its place. It does not know what the mapping describes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from pcapcheck.documents import values
from pcapcheck.documents.document import Document
from pcapcheck.errors import InputError, did_you_mean

T = TypeVar("T")


class Section:
    """The mapping that `keys` lead to; its parts have the kinds that the schema demands."""

    __slots__ = ("data", "document", "keys")

    def __init__(self, document: Document, keys: tuple[str | int, ...] = (), data: Any = None) -> None:
        self.document, self.keys = document, keys
        self.data: Mapping[str, Any] = (document.data if data is None else data) or {}

    def part(self, key: str) -> "Section":
        """Return the mapping under `key`; an empty one if there is none."""
        return Section(self.document, (*self.keys, key), self.data.get(key) or {})

    def parts(self, key: str) -> Iterator[tuple[str, "Section"]]:
        """Yield name and mapping of each entry of the mapping under `key`."""
        for name, data in (self.data.get(key) or {}).items():
            yield name, Section(self.document, (*self.keys, key, name), data or {})

    def listed(self, key: str) -> Iterator["Section"]:
        """Yield each mapping of the list under `key`; a mapping alone is a list of one."""
        found = self.data.get(key) or []
        if isinstance(found, Mapping):
            yield Section(self.document, (*self.keys, key), found)
            return
        for number, data in enumerate(found):
            yield Section(self.document, (*self.keys, key, number), data or {})

    def get(self, key: str) -> Any:
        """Return the value of `key` as it stands, or None."""
        return self.data.get(key)

    def text(self, key: str, default: str = "") -> str:
        """Return the text under `key`."""
        found = self.data.get(key)
        return default if found is None else str(found)

    def rest(self, names: Iterable[str]) -> dict[str, Any]:
        """Return those of `names` that are here, as they stand."""
        return {name: self.data[name] for name in names if self.data.get(name) is not None}

    def mac(self, key: str) -> str | None:
        """Return the MAC address under `key` in lower case with colons."""
        return self._read(key, lambda text: values.mac_text(values.mac_number(text)))

    def time(self, key: str) -> int | None:
        """Return the time under `key` in nanoseconds since 1970 UTC."""
        return self._read(key, values.time)

    def address(self, key: str) -> str | None:
        """Return the address under `key`, without prefix length."""
        return self._read(key, address)

    def addresses(self, key: str) -> tuple[str, ...]:
        """Return the addresses under `key`, each with the prefix length that it has there."""
        return self._each(key, interface_address)

    def networks(self, key: str) -> tuple[str, ...]:
        """Return the networks under `key`, without host bits."""
        return self._each(key, network)

    def endpoints(self, key: str) -> tuple[str, ...]:
        """Return the `address:port` texts under `key`."""
        return self._each(key, endpoint)

    def name(self, key: str, known: Mapping[str, object], what: str) -> str | None:
        """Return the name under `key`, which must be one of `known`."""
        found = self.data.get(key)
        if found is None or found in known:
            return found
        raise self.unknown(key, found, known, what)

    def unknown(self, key: str, found: str, known: Iterable[str], what: str) -> InputError:
        """Return the error that `found`, under `key`, is no known `what`."""
        same = [each for each in known if each.endswith(f"/{found}")]  # the namespace was left out
        fix = did_you_mean(same[0] if same else found, known, f"add it under `{what}s:`")
        return self.error(key, f"`{found}` is no {what} of this topology", fix)

    def error(self, key: str, what: str, fix: str) -> InputError:
        """Return an error at the value of `key`."""
        return self.document.place(*self.keys, key).error(what, fix)

    def _read(self, key: str, convert: Callable[[str], T]) -> T | None:
        found = self.data.get(key)
        if found is None:
            return None
        try:
            return convert(found)
        except ValueError as error:
            raise self.error(key, str(error), "correct it, or remove the key") from None

    def _each(self, key: str, convert: Callable[[str], str]) -> tuple[str, ...]:
        found = self.data.get(key)
        if isinstance(found, list):
            return tuple(self._item(key, number, text, convert) for number, text in enumerate(found))
        text = self._read(key, convert)
        return () if text is None else (text,)

    def _item(self, key: str, number: int, text: str, convert: Callable[[str], str]) -> str:
        try:
            return convert(text)
        except ValueError as error:
            place = self.document.place(*self.keys, key, number)
            raise place.error(str(error), "correct it, or remove it") from None


def address(text: str) -> str:
    """Return an address in its shortest form; raises ValueError."""
    return values.address_text(*values.address_number(text))


def interface_address(text: str) -> str:
    """Return an address with the prefix length it has, if any; raises ValueError."""
    values.cidr(text)
    alone, slash, length = text.partition("/")
    return address(alone) + (f"/{int(length)}" if slash else "")


def network(text: str) -> str:
    """Return a network without host bits; raises ValueError."""
    return values.cidr_text(values.cidr(text))


def endpoint(text: str) -> str:
    """Return `10.244.1.7:53` or `[fd00::7]:53` in its shortest form; raises ValueError."""
    host, colon, port = text.rpartition(":")
    if not colon or not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65536):
        raise ValueError(f"`{text}` is no endpoint such as 10.244.1.7:53 or [fd00::7]:53")
    alone = address(host.removeprefix("[").removesuffix("]"))
    return f"[{alone}]:{int(port)}" if ":" in alone else f"{alone}:{int(port)}"
