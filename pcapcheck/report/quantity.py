"""Counts, sizes, times and places as short text, the same in every format."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from pcapcheck.check.finding import Frame, Hop
from pcapcheck.diagnose.diagnosis import Diagnosis

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DURATION_UNITS = ((1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "us"), (1, "ns"))
SIZE_UNITS = ((1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB"), (1, "B"))


def count(number: int, noun: str) -> str:
    """Return "1 flow", "2 flows"."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def duration(nanoseconds: int) -> str:
    """Return "41 us", "1.25 ms": three digits, in the unit that fits."""
    return _scaled(nanoseconds, DURATION_UNITS)


def size(octets: int) -> str:
    """Return "512 B", "3.4 kB"; SI units."""
    return _scaled(octets, SIZE_UNITS)


def moment(nanoseconds: int) -> str:
    """Return a time since 1970 as RFC 3339 in UTC, to the microsecond; a number where no calendar has it."""
    try:
        when = EPOCH + timedelta(microseconds=nanoseconds // 1000)
    except OverflowError:
        return f"{nanoseconds} ns since 1970"
    return when.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def percent(share: float) -> str:
    """Return "93 %"."""
    return f"{share * 100:.0f} %"


def place(node: str | None, interface: str | None) -> str:
    """Return "node1 eth0"; what is unknown is left out."""
    return " ".join(part for part in (node, interface) if part)


def cause_place(diagnosis: Diagnosis) -> str:
    """Return "node1 flannel.1", or "pod default/web-1 eth0" where the interface is the pod's own."""
    owner = f"pod {diagnosis.pod}" if diagnosis.pod else diagnosis.node
    return place(owner, diagnosis.interface)


def hop_place(hop: Hop) -> str:
    """Return "node1 eth0 (uplink, vxlan)", "default/web-1 eth0 (pod)"."""
    inside = hop.pod if hop.role in {"pod", "macvlan", "ipvlan"} else None
    second = ", second pass" if hop.number == 2 else f", pass {hop.number}" if hop.number > 2 else ""
    form = "" if hop.form in {"", "plain"} else f", {hop.form}"
    return f"{place(inside or hop.node, hop.interface)} ({hop.role}{form}{second})".lstrip()


def frames_text(frames: Sequence[Frame]) -> str:
    """Return "node1_eth0.pcap frames 12, 14; node2_eth0.pcap frame 9"."""
    by_file: dict[str, list[int]] = {}
    for frame in frames:
        by_file.setdefault(frame.file, []).append(frame.frame)
    return "; ".join(_numbers(file, numbers) for file, numbers in by_file.items())


def _numbers(file: str, numbers: list[int]) -> str:
    word = "frame" if len(numbers) == 1 else "frames"
    return f"{file} {word} {', '.join(map(str, numbers))}"


def _scaled(number: int, units: Sequence[tuple[int, str]]) -> str:
    """Return three significant digits, and all digits in front of the point, in the unit that fits."""
    for scale, unit in units:
        if abs(number) >= scale:
            value = number / scale
            return f"{value:.3g} {unit}" if abs(value) < 999.5 else f"{value:,.0f} {unit}"
    return f"0 {units[-1][1]}"
