"""Numbers as people write them: MAC, IPv4, IPv6, CIDR, ranges, numbers and times.

Text is converted to int and back. A text that cannot be read raises ValueError with one sentence, to which
the caller adds the place. Sources: RFC 4291 and RFC 5952 (IPv6 text), RFC 4632 (CIDR), RFC 3339 (times).
"""

import re
import socket
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

BITS = {"mac": 48, "ipv4": 32, "ipv6": 128}
_MAC = re.compile(r"[0-9a-fA-F]{1,2}([:-])(?:[0-9a-fA-F]{1,2}\1){4}[0-9a-fA-F]{1,2}")
_NUMBER = re.compile(r"[+-]?(?:0[xX][0-9a-fA-F]{1,40}|[0-9]{1,40})", re.ASCII)
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d):(\d\d)(?:\.(\d{1,12}))?([Zz]|[+-]\d\d:\d\d)",
    re.ASCII,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST = 2**63  # nanoseconds are kept as int64


class Span(NamedTuple):
    """Numbers from `low` to `high`, both included; `bits` is the width of addresses, 0 for others."""

    low: int
    high: int
    bits: int = 0


def mac_number(text: str) -> int:
    """Return the number of a MAC address written with colons or dashes."""
    if not _MAC.fullmatch(text):
        raise ValueError(f"`{text}` is not a MAC address such as 52:54:00:12:34:56")
    number = 0
    for part in text.replace("-", ":").split(":"):
        number = number << 8 | int(part, 16)
    return number


def mac_text(number: int) -> str:
    """Return a MAC address as six lower-case pairs with colons."""
    return number.to_bytes(6, "big").hex(":")


def ipv4_number(text: str) -> int:
    """Return the number of an IPv4 address in dotted decimal."""
    return _address(text, socket.AF_INET, "an IPv4 address such as 10.244.0.5")


def ipv4_text(number: int) -> str:
    """Return an IPv4 address in dotted decimal."""
    return socket.inet_ntop(socket.AF_INET, number.to_bytes(4, "big"))


def ipv6_number(text: str) -> int:
    """Return the number of an IPv6 address, without a zone."""
    return _address(text, socket.AF_INET6, "an IPv6 address such as fd00::5")


def ipv6_text(number: int) -> str:
    """Return an IPv6 address in its shortest form (RFC 5952)."""
    return socket.inet_ntop(socket.AF_INET6, number.to_bytes(16, "big"))


def address_number(text: str) -> tuple[int, int]:
    """Return (4 or 6, number) of an IP address of either family."""
    return (6, ipv6_number(text)) if ":" in text else (4, ipv4_number(text))


def address_text(version: int, number: int) -> str:
    """Return the text of an IP address of family 4 or 6."""
    return ipv4_text(number) if version == 4 else ipv6_text(number)


def cidr(text: str) -> Span:
    """Return the addresses of a network; host bits may be set, and a single address is a network of one."""
    alone, slash, length = text.partition("/")
    version, number = address_number(alone)
    bits = 32 if version == 4 else 128
    if slash and not (length.isascii() and length.isdigit() and len(length) <= 3 and int(length) <= bits):
        raise ValueError(f"`{text}` is not a network: the prefix length is not 0 to {bits}")
    host = bits - int(length) if slash else 0
    low = number >> host << host
    return Span(low, low | (1 << host) - 1, bits)


def cidr_text(span: Span) -> str:
    """Return a network with its prefix length; the inverse of `cidr`."""
    length = span.bits - (span.high - span.low).bit_length()
    return f"{address_text(4 if span.bits == 32 else 6, span.low)}/{length}"


def number(text: str | int) -> int:
    """Return a number written in decimal or with 0x."""
    if isinstance(text, int):
        return text
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"`{text}` is not a number (decimal or 0x…)")
    return int(text, 16) if "x" in text.lower() else int(text)


def span(text: str) -> Span:
    """Return the range `low..high` of numbers or addresses, both ends included."""
    low_text, dots, high_text = text.partition("..")
    if not dots:
        raise ValueError(f"`{text}` is not a range such as 49152..65535")
    parse, bits = _ends(low_text)
    low, high = parse(low_text), parse(high_text)
    if low > high:
        raise ValueError(f"the range `{text}` is empty: its first end is above its second")
    return Span(low, high, bits)


def time(text: str) -> int:
    """Return nanoseconds since 1970 UTC of an RFC 3339 time; the offset from UTC is required."""
    match = _TIME.fullmatch(text)
    if not match:
        raise ValueError(f"`{text}` is not a time such as 2026-01-31T09:00:00Z (RFC 3339)")
    date, minute, second, fraction, zone = match.groups()
    try:  # second 60 is a leap second, which datetime does not know
        moment = datetime.fromisoformat(f"{date}T{minute}:00{zone.upper().replace('Z', '+00:00')}")
        seconds = (moment - _EPOCH) // timedelta(seconds=1) + int(second)
    except (ValueError, OverflowError):
        raise ValueError(f"`{text}` is not a time: there is no such day or hour") from None
    nanoseconds = seconds * 10**9 + int((fraction or "").ljust(9, "0")[:9])
    if int(second) > 60 or not -_LONGEST <= nanoseconds < _LONGEST:
        raise ValueError(f"`{text}` is not a time between 1678 and 2262")
    return nanoseconds


def time_text(nanoseconds: int) -> str:
    """Return an RFC 3339 time in UTC with as many decimals as are needed, in groups of three."""
    seconds, rest = divmod(nanoseconds, 10**9)
    fraction = f"{rest:09d}"
    while fraction.endswith("000"):
        fraction = fraction[:-3]
    moment = _EPOCH + timedelta(seconds=seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%S").zfill(19) + (f".{fraction}" if fraction else "") + "Z"


def mac(text: str) -> str:
    """Return a MAC address in lower case with colons; raises ValueError."""
    return mac_text(mac_number(text))


def address(text: str) -> str:
    """Return an address in its shortest form; raises ValueError."""
    return address_text(*address_number(text))


def interface_address(text: str) -> str:
    """Return an address with the prefix length that it has, if any; raises ValueError."""
    cidr(text)
    alone, slash, length = text.partition("/")
    return address(alone) + (f"/{int(length)}" if slash else "")


def network(text: str) -> str:
    """Return a network without host bits; raises ValueError."""
    return cidr_text(cidr(text))


def endpoint(text: str) -> str:
    """Return `10.244.1.7:53` or `[fd00::7]:53` in its shortest form; raises ValueError."""
    host, colon, port = text.rpartition(":")
    if not colon or not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65536):
        raise ValueError(f"`{text}` is not an endpoint such as 10.244.1.7:53 or [fd00::7]:53")
    alone = address(host.removeprefix("[").removesuffix("]"))
    return f"[{alone}]:{int(port)}" if ":" in alone else f"{alone}:{int(port)}"


def parse(kind: str, text: str | int) -> int:
    """Return the number of `text` as a field of this kind writes it (integer, mac, ipv4, ipv6, boolean)."""
    if kind in _PARSERS and isinstance(text, str):
        return _PARSERS[kind](text)
    return _truth(text) if kind == "boolean" else number(text)


def written(kind: str, value: int) -> str:
    """Return a field's number as text, as this kind writes it (integer, mac, ipv4, ipv6, boolean)."""
    return _WRITERS.get(kind, str)(value)


def written_each(kind: str, values: Iterable[int]) -> list[str]:
    """Return the text of many numbers; each distinct number is converted only once."""
    known: dict[int, str] = {}
    convert = _WRITERS.get(kind, str)
    return [known[each] if each in known else known.setdefault(each, convert(each)) for each in values]


def _address(text: str, family: socket.AddressFamily, wanted: str) -> int:
    try:
        return int.from_bytes(socket.inet_pton(family, text), "big")
    except (OSError, ValueError):  # ValueError: a zero byte in the text; OSError: anything else
        raise ValueError(f"`{text}` is not {wanted}") from None


def _ends(text: str) -> tuple[Callable[[str], int], int]:
    if _MAC.fullmatch(text):
        return mac_number, 48
    if ":" in text:
        return ipv6_number, 128
    return (ipv4_number, 32) if "." in text else (number, 0)


def _truth(text: str | int) -> int:
    truths = {"true": 1, "1": 1, "false": 0, "0": 0}
    word = str(text).lower()
    if word not in truths:
        raise ValueError(f"`{text}` is neither true nor false")
    return truths[word]


def _truth_text(value: int) -> str:
    return "true" if value else "false"


_PARSERS: dict[str, Callable[[str], int]] = {"mac": mac_number, "ipv4": ipv4_number, "ipv6": ipv6_number}
_WRITERS: dict[str, Callable[[int], str]] = {
    "mac": mac_text,
    "ipv4": ipv4_text,
    "ipv6": ipv6_text,
    "boolean": _truth_text,
}
