"""Write other values into fields of packets, and mend the checksums: how a rule's test breaks a sample.

Takes a block and its layers, gives a block of the same packets over new bytes. Only for small captures: it
goes packet by packet. It knows where fields lie from the decoder's tables; checksums are mended by what
changed (RFC 1624).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final, Literal, NamedTuple

import numpy as np

from pcapcheck.capture.block import Block, Bytes, Ints
from pcapcheck.decode.columns import parse_name
from pcapcheck.decode.field import Field
from pcapcheck.decode.layers import Group, Layers

# Where a checksum lies in its header; where the addresses that it covers lie in the IP header around it.
CHECKSUMS: Final = {"ip": 10, "udp": 6, "tcp": 16, "icmp": 2, "icmpv6": 2}
ADDRESSES: Final = {"ip": (12, 20), "ipv6": (8, 40)}
PSEUDO: Final = ("udp", "tcp", "icmpv6")  # their checksums cover the addresses of the IP header too


class Header(NamedTuple):
    """One header of one packet: its protocol, its first byte, and the first byte after what it carries."""

    protocol: str
    start: int
    end: int


class Change(NamedTuple):
    """Some bytes that were replaced."""

    start: int
    before: bytes
    after: bytes


def rewrite(block: Block, layers: Layers, values: Mapping[str, int], rows: Iterable[int]) -> Block:
    """Return the block with other values in fields of some packets.

    Args:
        block: is left as it is.
        layers: of this block.
        values: field -> number; `inner.` and `#2` count as everywhere. Packets without the field stay.
        rows: which packets.
    """
    data = block.data.copy()
    chosen = set(rows)
    changes: dict[int, list[Change]] = {}
    for name, value in values.items():
        for row, field, start in _places(layers, name):
            if row in chosen:
                changes.setdefault(row, []).append(_write(data, field, start, value))
    for row, made in changes.items():
        _mend(data, _headers(layers, row), made)
    return replace(block, data=data)


def _places(layers: Layers, name: str) -> Iterator[tuple[int, Field, int]]:
    """Yield row, field and first byte of the occurrence that a name means, for each packet that has it."""
    wanted = parse_name(name)
    found: dict[int, list[tuple[Field, int]]] = {}
    for group in layers.groups:
        if group.quoted == wanted.quoted:
            for field in group.headers.protocol.named(wanted.field):
                for row, start in _starts(group, field):
                    found.setdefault(row, []).append((field, start))
    for row, places in found.items():
        index = len(places) - 1 if wanted.inner else wanted.occurrence - 1
        if index < len(places):
            yield row, *places[index]


def _starts(group: Group, field: Field) -> Iterator[tuple[int, int]]:
    if field.compute:
        return
    headers = group.headers
    _, present = headers.read_field(field)
    offset: int | Ints = field.offset if isinstance(field.offset, int) else field.offset(headers)
    starts = headers.start + offset
    yield from zip(group.packet[present].tolist(), starts[present].tolist(), strict=True)


def _write(data: Bytes, field: Field, start: int, value: int) -> Change:
    order: Literal["little", "big"] = "little" if field.type.startswith("<") else "big"
    before = data[start : start + field.width].tobytes()
    mask = field.mask or (1 << 8 * field.width) - 1
    lowest = (mask & -mask).bit_length() - 1
    number = int.from_bytes(before, order) & ~mask | (value // field.scale << lowest & mask)
    after = number.to_bytes(field.width, order)
    data[start : start + field.width] = np.frombuffer(after, np.uint8)
    return Change(start, before, after)


def _headers(layers: Layers, row: int) -> list[Header]:
    """Return the headers of one packet, outermost first."""
    headers = []
    for group in layers.groups:
        at = np.flatnonzero(group.packet == row)
        if len(at) and not group.quoted:
            read = group.headers
            headers.append(Header(read.protocol.name, int(read.start[at[0]]), int(read.stop[at[0]])))
    return headers


def _mend(data: Bytes, headers: list[Header], changes: list[Change]) -> None:
    """Mend checksums from the innermost out: a mended one is a change for those around it."""
    for index in range(len(headers) - 1, -1, -1):
        header = headers[index]
        if header.protocol not in CHECKSUMS:
            continue
        around = next((each for each in reversed(headers[:index]) if each.protocol in ADDRESSES), None)
        delta = sum(_delta(change, header, around) for change in changes)
        mended = _mended(data, header, delta)
        if mended:
            changes.append(mended)


def _delta(change: Change, header: Header, around: Header | None) -> int:
    """Return by how much a change moves the sum that a header's checksum is made of."""
    own_end = header.start + 20 if header.protocol == "ip" else header.end
    if header.start <= change.start < own_end:
        return _difference(change, header.start)
    if around and header.protocol in PSEUDO:
        first, last = ADDRESSES[around.protocol]
        if around.start + first <= change.start < around.start + last:
            return _difference(change, around.start)
    return 0


def _difference(change: Change, base: int) -> int:
    odd = b"\0" if (change.start - base) % 2 else b""
    return _sum(odd + change.after) - _sum(odd + change.before)


def _sum(text: bytes) -> int:
    padded = text + b"\0" * (len(text) % 2)
    return sum(int.from_bytes(padded[at : at + 2], "big") for at in range(0, len(padded), 2))


def _mended(data: Bytes, header: Header, delta: int) -> Change | None:
    at = header.start + CHECKSUMS[header.protocol]
    before = data[at : at + 2].tobytes()
    unused = header.protocol == "udp" and before == b"\0\0"
    if not delta or unused or at + 2 > header.end:
        return None
    number = (int.from_bytes(before, "big") - delta) % 0xFFFF  # RFC 1624, 3
    after = (number or 0xFFFF).to_bytes(2, "big")
    data[at : at + 2] = np.frombuffer(after, np.uint8)
    return Change(at, before, after)
