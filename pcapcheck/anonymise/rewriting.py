"""Packets -> the same packets with other addresses and payloads in all layers: a block in, a block out.

The decoder's tables say where addresses lie, so a protocol that is added there is anonymised too. Bytes that
no table describes are payload. Lengths stay; a checksum that was right, wrong or unfinished stays so.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from pcapcheck.anonymise.pseudonyms import Pseudonyms
from pcapcheck.anonymise.tcpoptions import Work, rewrite_options
from pcapcheck.capture.arrays import Bools, Bytes, Ints, Numbers
from pcapcheck.capture.block import Block
from pcapcheck.decode.correction import correct
from pcapcheck.decode.field import Field
from pcapcheck.decode.headers import Headers, among, gather
from pcapcheck.decode.layers import Group, Layers, find_layers, length
from pcapcheck.decode.registry import Dissectors

ADDRESS_TYPES: Final = ("mac", "ipv4", "ipv6")
# In cooked captures: the field with the length of the address, and where the address lies.
COOKED_ADDRESSES: Final = {
    "sll": ("sll.halen", 6),
    "sll2": ("sll.halen", 12),
}
COOKED_ADDRESS_BYTES: Final = 8  # that a cooked header has room for
BYTES_PER_PIECE: Final = 4 << 20  # of packets that are rewritten at a time: bounds the memory for copies
NEIGHBOUR_MESSAGES: Final = range(133, 138)  # ICMPv6 messages of neighbour discovery: RFC 4861


def anonymised(block: Block, table: Dissectors, pseudonyms: Pseudonyms) -> Iterator[Block]:
    """Yield the packets of a block, in order, with pseudonyms, as blocks of a few megabytes."""
    ends = np.cumsum(block.captured)
    row = 0
    while row < len(block):
        before = int(ends[row - 1]) if row else 0
        stop = max(row + 1, int(np.searchsorted(ends, before + BYTES_PER_PIECE, side="right")))
        yield _rewritten(compact(block.take(slice(row, stop))), table, pseudonyms)
        row = stop


def compact(block: Block) -> Block:
    """Return the packets copied one after the other, each at an even offset."""
    data = np.ascontiguousarray(block.data).data
    parts = [
        bytes(data[start : start + size]) + bytes(size % 2)
        for start, size in zip(block.offset.tolist(), block.captured.tolist(), strict=True)
    ]
    sizes = block.captured + block.captured % 2
    return replace(block, data=np.frombuffer(b"".join(parts), np.uint8), offset=np.cumsum(sizes) - sizes)


def _rewritten(block: Block, table: Dissectors, pseudonyms: Pseudonyms) -> Block:
    layers = find_layers(block, table)
    text = bytearray(block.data.tobytes())
    data = np.frombuffer(text, np.uint8)
    work = Work(block.data, data, pseudonyms)
    for group in layers.groups:
        _rewrite_fields(group.headers, data, pseudonyms)
        rewrite_options(group.headers, work)
    _rewrite_payloads(find_rests(layers), text, pseudonyms)
    correct(layers, data)
    return replace(block, data=data)


def _rewrite_fields(headers: Headers, data: Bytes, pseudonyms: Pseudonyms) -> None:
    """Write pseudonyms into all address fields of the headers of one protocol."""
    for line in headers.protocol.fields:
        if line.type in ADDRESS_TYPES and isinstance(line.offset, int):
            values, present = headers.read_field(line)
            start = headers.start + line.offset
            _write(data, start[present], _mapped(values[present], line.type, pseudonyms))
            _blank_cut(headers, line, data)
    if headers.protocol.name in COOKED_ADDRESSES:
        _rewrite_cooked(headers, data, pseudonyms)


def _mapped(values: Numbers, kind: str, pseudonyms: Pseudonyms) -> Bytes:
    """Return the pseudonyms of addresses as bytes (k, width); each distinct address is mapped once."""
    width = {"mac": 6, "ipv4": 4, "ipv6": 16}[kind]
    distinct, places = np.unique(values, axis=0, return_inverse=True)
    numbers = [each[0] << 64 | each[1] for each in distinct.tolist()] if width == 16 else distinct.tolist()
    made = b"".join(pseudonyms.number(kind, int(each)).to_bytes(width, "big") for each in numbers)
    return np.frombuffer(made, np.uint8).reshape(-1, width)[places.reshape(-1)]


def _write(data: Bytes, start: Ints, made: Bytes) -> None:
    data[start[:, None] + np.arange(made.shape[1])] = made


def _blank_cut(headers: Headers, line: Field, data: Bytes) -> None:
    """Write zeros over the rest of an address that the snap length cut."""
    assert isinstance(line.offset, int), "addresses lie at fixed places"
    start = headers.start + line.offset
    cut = (start < headers.stop) & (start + line.width > headers.stop)
    for name, allowed in line.when.items() if cut.any() else ():
        cut &= among(headers(name), allowed)
    for first, last in zip(start[cut].tolist(), headers.stop[cut].tolist(), strict=True):
        data[first:last] = 0


def _rewrite_cooked(headers: Headers, data: Bytes, pseudonyms: Pseudonyms) -> None:
    """Rewrite addresses of cooked captures that are not MACs: IPv4 ones of tunnels; others become zero."""
    name, offset = COOKED_ADDRESSES[headers.protocol.name]
    size, start = headers(name), headers.start + offset
    whole = start + COOKED_ADDRESS_BYTES <= headers.stop
    tunnel = whole & (size == 4)
    number = gather(headers.data, start[tunnel], ">u4")
    _write(data, start[tunnel], _mapped(number, "ipv4", pseudonyms))
    other = start[whole & ~np.isin(size, (0, 4, 6))]
    _write(data, other, np.zeros((len(other), COOKED_ADDRESS_BYTES), np.uint8))


@dataclass(frozen=True, slots=True)
class Rests:
    """The bytes after the headers of each packet; all arrays (n,).

    Attributes:
        start, stop: int64, the payload.
        end: int64, the first byte after the packet; the bytes from `stop` to `end` are padding.
        bare: bool, the payload follows an IP header: a fragment, or a protocol that no table knows.
    """

    start: Ints
    stop: Ints
    end: Ints
    bare: Bools


def find_rests(layers: Layers) -> Rests:
    """Return the bytes after the innermost headers of each packet, including headers that ICMP quotes."""
    block = layers.block
    end = block.offset + block.captured
    rests = Rests(block.offset.copy(), end.copy(), end, np.zeros(len(block), np.bool_))
    for group in layers.groups:
        headers = group.headers
        stop = np.minimum(headers.stop, end[group.packet])
        rests.start[group.packet] = np.minimum(headers.start + _reach(group), stop)
        rests.stop[group.packet] = stop
        rests.bare[group.packet] = headers.protocol.name.startswith("ip")
    return rests


def _reach(group: Group) -> Ints:
    """Return how many bytes of each header are not payload: its length, or further if its fields are."""
    headers = group.headers
    protocol = headers.protocol
    reach = length(headers)
    if protocol.name == "icmpv6":
        kind = headers("icmpv6.type")
        whole = np.isin(kind, NEIGHBOUR_MESSAGES)
        return np.where(whole, np.maximum(headers.stop - headers.start, reach), reach)
    if not isinstance(protocol.length, int):
        return reach
    for line in protocol.fields:
        if line.public and isinstance(line.offset, int) and line.offset + line.width > protocol.length:
            _, present = headers.read_field(line)
            reach = np.where(present, np.maximum(reach, line.offset + line.width), reach)
    return reach


def _rewrite_payloads(rests: Rests, text: bytearray, pseudonyms: Pseudonyms) -> None:
    """Replace payloads, and padding by zeros; packet by packet, since each is hashed by itself."""
    payload = pseudonyms.payload
    columns = (rests.start, rests.stop, rests.end, rests.bare)
    for start, stop, end, bare in zip(*(each.tolist() for each in columns), strict=True):
        if start < stop:
            replaced = payload.replaced_with_sum if bare else payload.replaced
            text[start:stop] = replaced(bytes(text[start:stop]))
        if stop < end:
            text[stop:end] = bytes(end - stop)
