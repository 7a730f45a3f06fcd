"""Writes other values into fields of packets and corrects the checksums: how a rule's test breaks a sample.

The result is a block of the same packets over new bytes. It goes packet by packet, so it is for small
captures only. The decoder's tables tell where fields lie.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Literal

import numpy as np

from pcapcheck.capture.arrays import Bytes, Ints
from pcapcheck.capture.block import Block
from pcapcheck.decode.columns import parse_name
from pcapcheck.decode.correction import correct
from pcapcheck.decode.field import Field
from pcapcheck.decode.layers import Group, Layers


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
    for name, value in values.items():
        for row, field, start in _places(layers, name):
            if row in chosen:
                _write(data, field, start, value)
    correct(layers, data)
    return replace(block, data=data)


def _places(layers: Layers, name: str) -> Iterator[tuple[int, Field, int]]:
    """Yield row, field and first byte of the occurrence that a name selects, for each packet that has it."""
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


def _write(data: Bytes, field: Field, start: int, value: int) -> None:
    order: Literal["little", "big"] = "little" if field.type.startswith("<") else "big"
    mask = field.mask or (1 << 8 * field.width) - 1
    lowest = (mask & -mask).bit_length() - 1
    before = int.from_bytes(data[start : start + field.width].tobytes(), order)
    number = before & ~mask | (value // field.scale << lowest & mask)
    data[start : start + field.width] = np.frombuffer(number.to_bytes(field.width, order), np.uint8)
