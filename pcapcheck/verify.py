"""Second opinion: the fields of packets as our decoder reads them, and as tshark does, through pyshark.

What is compared is every field that rules may name, in every header of a packet, the quoted ones too; values
as numbers, so that spelling does not matter. tshark is asked not to put fragments and segments together,
which would show it packets that the capture has not.
"""

import asyncio
import shutil
import warnings
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, Final, NamedTuple

from pcapcheck.capture.block import Block
from pcapcheck.capture.source import Capture, open_capture
from pcapcheck.decode.columns import column, field_names
from pcapcheck.decode.layers import Group, find_layers
from pcapcheck.decode.registry import Dissectors
from pcapcheck.documents import values
from pcapcheck.errors import InputError

FRAME: Final = ("frame.len", "frame.cap_len", "frame.time_epoch")
PREFERENCES: Final = {
    "ip.defragment": "FALSE",
    "ipv6.defragment": "FALSE",
    "tcp.desegment_tcp_streams": "FALSE",
}
INSTALL: Final = "install it: apt install tshark, or brew install wireshark"
TO_TSHARK: Final = {"flannel-udp": "ip"}  # what tshark calls differently; the second has no name there
MALFORMED: Final = ("_ws.malformed", "MALFORMED")
REPEATED: Final = (
    "tcp.options.sack_le",
    "icmpv6.opt.src_linkaddr",
    "icmpv6.opt.target_linkaddr",
)  # we: the first
HIDDEN: Final = ("ipv6", "ip.version")  # only tshark shows this, as if IPv6 were IPv4
NOT_QUOTED: Final = ("tcp.len", "tcp.seq_raw")  # tshark has these of no packet that ICMP quotes
AT_ONCE: Final = 1000  # packets
MISSING: Final = "missing"
TRUTHS: Final = {"True": 1, "False": 0}

Found = dict[str, list[int]]  # field -> its value in each header that has it, outermost first


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One field of one packet that is read differently; values in all headers, outermost first."""

    frame: int
    field: str
    ours: tuple[str, ...]
    theirs: tuple[str, ...]
    stack: str


@dataclass(frozen=True, slots=True)
class Opinion:
    """How far two decoders agree.

    Attributes:
        packets, values: how many were compared.
        more: whether the capture has more packets than were compared.
        malformed: frames that tshark calls malformed; they were not compared.
        disagreements: in order of frames.
    """

    packets: int
    values: int
    more: bool
    malformed: tuple[int, ...]
    disagreements: tuple[Disagreement, ...]


def second_opinion(
    path: str, decode_as: Mapping[str, Mapping[int, str]], table: Dissectors, most: int
) -> Opinion:
    """Compare the first packets of a capture.

    Args:
        path: of the file.
        decode_as: the protocols of port numbers, as tshark takes them.
        table: the same protocols, as the dissector table of pcapcheck.
        most: the largest number of packets that are compared.

    Raises:
        InputError: there is no tshark, or one of the two cannot read the packets.
    """
    capture = open_capture(path)
    ours = _ours(capture, table, most)
    compared = values_ = 0
    malformed: list[int] = []
    found: list[Disagreement] = []
    with closing(_theirs(path, decode_as, most)) as theirs:
        for number, mine in enumerate(ours, start=1):
            other = next(theirs, MISSING)
            if isinstance(other, str):
                what = f"tshark reads {number - 1:,} packets of it, and we at least one more"
                raise InputError(path, what, "see what `tshark -r` says of the file")
            if other is None:
                malformed.append(number)
                continue
            compared += 1
            values_ += sum(map(len, mine.fields.values()))
            found += _disagreements(number, mine, other)
    seen = compared + len(malformed)
    return Opinion(compared, values_, seen >= most, tuple(malformed), tuple(found))


class _Packet(NamedTuple):
    """What we read of one packet."""

    stack: str
    fields: Found


def _ours(capture: Capture, table: Dissectors, most: int) -> Iterator[_Packet]:
    """Yield the first packets, as we read them."""
    packets = (each for block in capture.blocks(packets=AT_ONCE) for each in _of_block(block, table))
    yield from islice(packets, most)


def _of_block(block: Block, table: Dissectors) -> list[_Packet]:
    layers = find_layers(block, table)
    found: list[Found] = [{} for _ in range(len(block))]
    for name in FRAME:
        for fields, value in zip(found, column(layers, name).values.tolist(), strict=True):
            fields[name] = [value]
    for group in layers.groups:
        for name in _names(group):
            read, present = group.headers.column(name)
            rows = zip(group.packet[present].tolist(), read[present].tolist(), strict=True)
            for row, value in rows:
                number = value[0] << 64 | value[1] if isinstance(value, list) else value
                found[row].setdefault(name, []).append(number)
    stacks = [layers.stacks[number] for number in layers.stack.tolist()]
    return [_Packet(stack, fields) for stack, fields in zip(stacks, found, strict=True)]


def _names(group: Group) -> list[str]:
    """Return the names to compare in some headers."""
    names = dict.fromkeys(each.name for each in group.headers.protocol.fields if each.public)
    return [name for name in names if not (group.quoted and name in NOT_QUOTED)]


def _theirs(
    path: str, decode_as: Mapping[str, Mapping[int, str]], most: int
) -> Generator[Found | None, None, None]:
    """Yield the first packets, as tshark reads them; None where it calls one malformed."""
    import pyshark
    from pyshark.capture.capture import TSharkCrashException

    if shutil.which("tshark") is None:
        raise InputError("tshark", "is not installed, and is the second opinion", INSTALL)
    named = {
        f"{table}=={number}": TO_TSHARK.get(name, name)
        for table, numbers in decode_as.items()
        for number, name in numbers.items()
    }
    capture = pyshark.FileCapture(
        path,
        keep_packets=False,
        decode_as=named,
        override_prefs=PREFERENCES,
        custom_parameters=["-n", "-c", str(most)],
    )
    try:
        for packet in capture:
            yield _read(packet)
    except TSharkCrashException:
        return  # it ends early; that the last packet is cut off is a crash to pyshark, too
    finally:
        _close(capture)


def _close(capture: Any) -> None:
    """End tshark; what pyshark says of its end depends on which of the two was faster."""
    from pyshark.capture.capture import TSharkCrashException

    with suppress(TSharkCrashException):
        capture.close()
    capture._running_processes.clear()
    _stop_watching()


def _stop_watching() -> None:
    """Remove the SIGCHLD handler that pyshark sets: it writes to a pipe that is no longer read."""
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning), suppress(AttributeError):
        asyncio.get_child_watcher().close()  # no longer in Python 3.14
        asyncio.set_child_watcher(None)  # type: ignore[arg-type]  # the default, when it is asked for


def _read(packet: Any) -> Found | None:
    """Return the fields that we know of a packet that tshark read."""
    found: Found = {}
    for layer in (packet.frame_info, *packet.layers):
        if layer.layer_name in MALFORMED:
            return None
        for name, container in layer._all_fields.items():
            if name in _kinds() and (layer.layer_name, name) != HIDDEN:
                found.setdefault(name, []).extend(_number(name, each) for each in container.all_fields)
    return found


@cache
def _kinds() -> Mapping[str, str]:
    """Return the kind of every field that is compared."""
    return {
        name: kind for name, kind in field_names().items() if not name.startswith("frame.") or name in FRAME
    }


def _number(name: str, shown: Any) -> int:
    """Return the number that tshark shows; -1 for what is none."""
    text, kind = str(shown.get_default_value()), _kinds()[name]
    if kind == "time":
        whole, _, fraction = text.partition(".")
        return int(whole) * 10**9 + int(fraction.ljust(9, "0")[:9])
    try:
        return values.parse(kind, text) if kind in values.BITS else TRUTHS.get(text) or int(text, 0)
    except ValueError:
        return -1


def _disagreements(number: int, mine: _Packet, theirs: Found) -> Iterator[Disagreement]:
    """Yield what is read differently in one packet."""
    for name in {**mine.fields, **theirs}:
        ours, others = mine.fields.get(name, []), theirs.get(name, [])
        if name in REPEATED:
            ours, others = ours[:1], others[:1]
        if ours != others:
            yield Disagreement(number, name, _texts(name, ours), _texts(name, others), mine.stack)


def _texts(name: str, numbers: list[int]) -> tuple[str, ...]:
    kind = _kinds()[name]
    return tuple(values.written(kind, each) if kind in values.BITS else str(each) for each in numbers)
