"""The packets that prove what was found, read once more and decoded into layers, fields and bytes.

It takes a Report and its captures and returns the Report with some of the packets that it names.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np

from pcapcheck.capture.block import Block
from pcapcheck.capture.inputs import Inputs
from pcapcheck.capture.source import open_capture
from pcapcheck.check.finding import Finding, Frame
from pcapcheck.decode.layers import Group, find_layers
from pcapcheck.decode.registry import Dissectors
from pcapcheck.documents import values
from pcapcheck.errors import InputError
from pcapcheck.report.packetseen import FieldSeen, LayerSeen, PacketSeen
from pcapcheck.report.report import Report
from pcapcheck.report.summary import groups

MAX_PACKETS_SHOWN: Final = 24  # packets
BYTES: Final = 256  # that are kept of each
OF_EVIDENCE: Final = 2  # frames of each statement


@dataclass(slots=True)
class _Wanted:
    """Why a packet is shown."""

    rules: dict[str, None] = field(default_factory=dict)
    expected: dict[str, str] = field(default_factory=dict)
    actual: dict[str, str] = field(default_factory=dict)

    def add(self, finding: Finding) -> None:
        self.rules[finding.rule] = None
        fields = {name: str(value) for name, value in finding.expected.items() if "." in name}
        self.expected |= fields
        self.actual |= {name: str(value) for name, value in finding.actual.items()}


def with_packets(report: Report, inputs: Inputs, table: Dissectors) -> Report:
    """Return the report with the first packets of its evidence and findings; streams cannot be read again.

    Args:
        report: of a run.
        inputs: its captures.
        table: what numbers mean.
    """
    wanted = _wanted(report)
    found: dict[Frame, PacketSeen] = {}
    for each in inputs.captures:
        frames = {frame.frame: frame for frame in wanted if frame.file == each.shown}
        if frames and Path(each.path).is_file():
            found |= {seen.frame: seen for seen in _read(each.path, frames, wanted, table)}
    return replace(report, packets=tuple(found[frame] for frame in wanted if frame in found))


def _wanted(report: Report) -> dict[Frame, _Wanted]:
    """Return the frames to show, those that prove causes first, and the findings that they are of."""
    wanted: dict[Frame, _Wanted] = {}
    for diagnosis in report.diagnoses:
        for evidence in diagnosis.evidence:
            wanted |= {frame: _Wanted() for frame in evidence.frames[:OF_EVIDENCE] if frame not in wanted}
    for group in groups(report):
        for frame in group.first.frames[:1]:
            wanted.setdefault(frame, _Wanted())
    kept = dict(list(wanted.items())[:MAX_PACKETS_SHOWN])
    for finding in report.findings:
        for frame in finding.frames:
            if frame in kept:
                kept[frame].add(finding)
    return kept


def _read(
    path: str, frames: Mapping[int, Frame], wanted: Mapping[Frame, _Wanted], table: Dissectors
) -> Iterator[PacketSeen]:
    """Yield the frames of one capture, except those that cannot be read any more."""
    numbers = np.array(sorted(frames), np.int64)
    try:
        for block in open_capture(path).blocks():
            rows = np.flatnonzero(np.isin(block.frame, numbers))
            if len(rows):
                yield from _of_block(block.take(rows), frames, wanted, table)
            if len(block) and int(block.frame[-1]) >= int(numbers[-1]):
                return
    except InputError:
        return


def _of_block(
    block: Block, frames: Mapping[int, Frame], wanted: Mapping[Frame, _Wanted], table: Dissectors
) -> Iterator[PacketSeen]:
    layers = find_layers(block, table)
    found: list[list[LayerSeen]] = [[] for _ in range(len(block))]
    for group in layers.groups:
        for row, layer in _of_group(group, block):
            found[row].append(layer)
    for row in range(len(block)):
        frame = frames[int(block.frame[row])]
        start, size = int(block.offset[row]), min(int(block.captured[row]), BYTES)
        why = wanted[frame]
        yield PacketSeen(
            frame=frame,
            time=int(block.time[row]),
            length=int(block.original[row]),
            data=block.data[start : start + size].tobytes(),
            stack=layers.stacks[int(layers.stack[row])],
            layers=_sized(found[row], size),
            expected=why.expected,
            actual=why.actual,
            rules=tuple(why.rules),
        )


def _of_group(group: Group, block: Block) -> Iterator[tuple[int, LayerSeen]]:
    """Yield (row, layer) of the headers of one group; the sizes of the layers are not known yet."""
    headers = group.headers
    places = (headers.start - block.offset[group.packet]).tolist()
    fields: list[list[FieldSeen]] = [[] for _ in places]
    public = dict.fromkeys(each.name for each in headers.protocol.fields if each.public)
    for name in public:
        first = headers.protocol.named(name)[0]
        numbers, present = headers.column(name)
        for number in np.flatnonzero(present).tolist():
            value = numbers[number].tolist()
            at = (
                places[number] + first.offset if isinstance(first.offset, int) and not first.compute else None
            )
            fields[number].append(FieldSeen(name, at, _text(first.kind, value)))
    quoted = "quoted " if group.quoted else ""
    for number, row in enumerate(group.packet.tolist()):
        yield row, LayerSeen(quoted + headers.protocol.name, places[number], 0, tuple(fields[number]))


def _text(kind: str, value: int | list[int]) -> str:
    number = value[0] << 64 | value[1] if isinstance(value, list) else value
    return values.written(kind, number) if kind in values.BITS else str(number)


def _sized(layers: Sequence[LayerSeen], size: int) -> tuple[LayerSeen, ...]:
    """Return the layers in order. Each ends where the next begins, and the last one behind its fields."""
    ordered = sorted(layers, key=lambda each: each.place)
    ends = [each.place for each in ordered[1:]] + [size]
    made = []
    for layer, end in zip(ordered, ends, strict=True):
        reach = max((each.place or 0 for each in layer.fields), default=layer.place) + 1
        last = layer is ordered[-1]
        made.append(replace(layer, size=max(0, min(end, reach + 1 if last else end) - layer.place)))
    return tuple(made)
