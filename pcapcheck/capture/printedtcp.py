"""A TCP segment as tcpdump prints it: `Flags [S], seq 1, win 64240, options [...], length 0`.

Takes the text behind the colon and gives the segment. Source: tcpdump, print-tcp.c (4.5 to 4.99).
"""

import re
import struct
from typing import Final, NamedTuple

from pcapcheck.capture.headerbytes import (
    ALL_PRINTED,
    TCP_NUMBER,
    UNNUMBERED,
    IpWords,
    Piece,
    offloaded,
    payload,
    unknown,
)
from pcapcheck.capture.sequences import Sequences

FLAG_LETTERS: Final = {"F": 1, "S": 2, "R": 4, "P": 8, ".": 16, "U": 32, "E": 64, "W": 128, "e": 256}
MAX_OPTIONS_SIZE: Final = 40  # bytes: RFC 9293, 3.1
QUIET: Final = frozenset(
    {
        "tcp.seq_raw",
        "tcp.ack_raw",
        "tcp.hdr_len",
        "tcp.flags",
        "tcp.window_size_value",
        "tcp.options",
        "ip.len",
    }
)
NUMBERED_FLAGS: Final = 7  # FIN, SYN and RST
NUMBER_OF_ACKNOWLEDGEMENT: Final = frozenset({"tcp.ack_raw"})
URGENT: Final = frozenset({"tcp.urgent_pointer"})
_SEGMENT: Final = re.compile(
    r"Flags \[(?P<flags>[^\]]{1,12})\],?(?: cksum (?P<cksum>0x[0-9a-f]{1,4}) \((?P<verdict>[^)]*)\),?)?"
    r"(?: seq (?P<seq>\d+)(?::(?P<end>\d+))?,?)?(?: ack (?P<ack>\d+),?)?(?: win (?P<win>\d+),?)?"
    r"(?: urg (?P<urg>\d+),?)?(?: options \[(?P<options>[^\]]*)\],?)?(?: length (?P<length>\d+))?"
)
_QUIET: Final = re.compile(r"tcp (?P<length>\d+)(?: |$)")
_SACK: Final = re.compile(r"\{(\d+):(\d+)\}")


class Printed(NamedTuple):
    """Where a segment stands: its IP header, its ports, and the connections of its console."""

    words: IpWords
    ports: tuple[int, int]
    sequences: Sequences


def is_tcp(text: str) -> bool:
    """Whether a text behind the colon is of a TCP segment."""
    return text.startswith(("Flags [", "tcp ", "[|tcp]")) and (
        not text.startswith("tcp ") or bool(_QUIET.match(text))
    )


def tcp(text: str, around: Printed) -> Piece:
    """Return the segment; one that was cut off within its header has nothing that is known."""
    quiet = _QUIET.match(text)
    if quiet:
        head = struct.pack(">HHIIBBHHH", *around.ports, 0, 0, 5 << 4, 0, 0, 0, 0)
        return payload(int(quiet["length"])).under(head, QUIET | {"tcp.checksum"})
    found = _SEGMENT.match(text)
    if found is None or "[|tcp]" in text:
        return unknown(20)
    return _segment(found, around)


def _segment(found: re.Match[str], around: Printed) -> Piece:
    flags = sum(FLAG_LETTERS.get(letter, 0) for letter in set(found["flags"]) if found["flags"] != "none")
    ends = ((around.words.source, around.ports[0]), (around.words.destination, around.ports[1]))
    printed = [_number(found[name]) for name in ("seq", "ack")]
    numbers = around.sequences.absolute(ends, *printed, syn=bool(flags & FLAG_LETTERS["S"]))
    options = _options(found["options"] or "", around.sequences, ends)
    carried = payload(_length(found, around.words, 20 + len(options)))
    absent = {"tcp.checksum"}
    if numbers.seq is None:
        absent.add(UNNUMBERED if carried.size or flags & NUMBERED_FLAGS else "tcp.seq_raw")
    absent |= NUMBER_OF_ACKNOWLEDGEMENT if numbers.ack is None and flags & FLAG_LETTERS["."] else ALL_PRINTED
    size = 20 + len(options)
    head = struct.pack(
        ">HHIIHHHH",
        *around.ports,
        (numbers.seq or 0) % (1 << 32),
        (numbers.ack or 0) % (1 << 32),
        size // 4 << 12 | flags,
        min(int(found["win"] or 0), 65535),
        _checksum(found, around.words, size + carried.size),
        min(int(found["urg"] or 0), 65535),
    )
    if found["win"] is None:
        absent |= {"tcp.window_size_value"}
    return carried.under(head + options, frozenset(absent))


def _number(text: str | None) -> int | None:
    return int(text) % (1 << 32) if text and len(text) <= 10 else None


def _length(found: re.Match[str], words: IpWords, header: int) -> int | None:
    """Return how many bytes of data there were, as printed or as the numbers say."""
    if found["length"]:
        return int(found["length"])
    if words.length is not None and ":" not in words.source:
        return words.length - 20 - header
    if found["end"]:
        return (int(found["end"]) - int(found["seq"])) % (1 << 32)
    return 0 if found["seq"] is None and found["win"] else None


def _checksum(found: re.Match[str], words: IpWords, size: int) -> int:
    """Return the printed checksum if it was wrong, else that of a segment which the card completes."""
    if (found["verdict"] or "").startswith("incorrect"):
        return int(found["cksum"], 16)
    return offloaded(words, TCP_NUMBER, size)


def _options(text: str, sequences: Sequences, ends: tuple[tuple[str, int], tuple[str, int]]) -> bytes:
    """Return the bytes of printed options; of an unknown one, padding."""
    made = b"".join(_option(each.strip(), sequences, ends) for each in text.split(",") if each.strip())
    made = made[:MAX_OPTIONS_SIZE]
    return made + b"\x01" * (-len(made) % 4)


def _option(text: str, sequences: Sequences, ends: tuple[tuple[str, int], tuple[str, int]]) -> bytes:
    name, _, rest = text.partition(" ")
    values = [int(each) for each in rest.split() if each.isdecimal() and len(each) < 11]
    if name == "mss" and values:
        return struct.pack(">BBH", 2, 4, values[0] & 0xFFFF)
    if name == "wscale" and values:
        return struct.pack(">BBB", 3, 3, values[0] & 0xFF)
    if name == "TS" and len(values) == 2:
        return struct.pack(">BBII", 8, 10, *(each & 0xFFFFFFFF for each in values))
    if name == "sack" and (blocks := _SACK.findall(rest)):
        numbers = [
            sequences.acknowledged(ends, int(each) % (1 << 32)) for pair in blocks[:4] for each in pair
        ]
        return struct.pack(
            f">BB{len(numbers)}I", 5, 2 + 4 * len(numbers), *(each % (1 << 32) for each in numbers)
        )
    return {"sackOK": b"\x04\x02", "eol": b"\x00"}.get(name, b"\x01")
