"""Option values: what the words of an option mean, on the command line and in Python.

Each function reads one kind of option for the table in `settings`. Its second argument is the topology, which
tells the names of pods. numpy and polars are imported only when an option needs them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from pcapcheck.check.finding import Severity
from pcapcheck.errors import InputError, did_you_mean
from pcapcheck.scale.memory import Budget, read_budget

if TYPE_CHECKING:
    from pcapcheck.check.matchers import Matcher
    from pcapcheck.topology.topology import Topology

Words: TypeAlias = str | Path | Sequence[str | Path] | None  # one, several or none
Time: TypeAlias = str | int | datetime | None  # RFC 3339, or nanoseconds since 1970 UTC
Parameters: TypeAlias = Mapping[str, Any] | Sequence[str]
Dissections: TypeAlias = Mapping[str, Mapping[int, str]] | Sequence[str]

MAX_JOBS: Final = 256
_DECODE_AS: Final = re.compile(
    r"([\w.]+)==(\d{1,5}|0[xX][0-9a-fA-F]{1,4})(?:-(\d{1,5}))?,([\w.-]+)", re.ASCII
)


def words(given: Words, _: Topology) -> tuple[str, ...]:
    """Return the words as text; one word is as good as a list of one."""
    if given is None:
        return ()
    return (str(given),) if isinstance(given, str | Path) else tuple(str(each) for each in given)


def text(given: object, _: Topology) -> str | None:
    """Return what was given as text, such as a path or the row of a flow."""
    return None if given is None else str(given)


def parameters(given: Parameters, _: Topology) -> Mapping[str, Any]:
    """Return {"vni": "5"} for `vni=5`: commas separate several values, and an empty value is None.

    Raises:
        InputError: a text is not written like that.
    """
    if isinstance(given, Mapping):
        return given
    found: dict[str, Any] = {}
    for each in given:
        name, sign, value = each.partition("=")
        if not sign or not name.strip():
            raise InputError(f"--set {each}", "this does not set a parameter", "write `vni=5`")
        several = [part.strip() for part in value.split(",")]
        found[name.strip()] = several if len(several) > 1 else several[0] or None
    return found


def dissectors(given: Dissections, _: Topology) -> dict[str, dict[int, str]]:
    """Return {"udp.port": {8472: "vxlan"}} for `udp.port==8472,vxlan`, as tshark writes it.

    Raises:
        InputError: a text is not written like that, or names an unknown table or protocol.
    """
    from pcapcheck.decode.registry import dissector_table

    tables: dict[str, dict[int, str]] = {}
    if isinstance(given, Mapping):
        tables = {table: dict(numbers) for table, numbers in given.items()}
    else:
        for table, numbers, protocol in map(_decoded_as, given):
            tables.setdefault(table, {}).update(dict.fromkeys(numbers, protocol))
    dissector_table(tables)  # it raises InputError for unknown tables and protocols
    return tables


def _decoded_as(text: str) -> tuple[str, range, str]:
    parts = _DECODE_AS.fullmatch(text.replace(" ", ""))
    if not parts:
        what = "this does not name the protocol of a port number"
        raise InputError(f"--decode-as {text}", what, "write `udp.port==8472,vxlan`")
    table, first, last, protocol = parts.groups()
    return table, range(int(first, 0), int(last or first, 0) + 1), protocol


def filter(given: str | None, _: Topology) -> Mapping[str, Matcher]:
    """Return the matchers that a packet of a flow must fulfil; without any, all flows are taken."""
    from pcapcheck.check.filters import parse_filter

    return {} if given is None else parse_filter(given)


def pods(given: Words, topology: Topology) -> tuple[str, ...]:
    """Return the full names of the pods, which may be given without their namespace.

    Raises:
        InputError: the topology has no such pod, or several.
    """
    from pcapcheck.check.selection import pod_names

    return pod_names(words(given, topology), topology)


def time(option: str, given: Time, _: Topology) -> int | None:
    """Return a time in nanoseconds since 1970 UTC; a number is taken to be that already.

    Raises:
        InputError: a text is not a time in RFC 3339's form; `option` names the option in the message.
    """
    from pcapcheck.documents import values

    if isinstance(given, datetime):
        return int(given.astimezone(UTC).timestamp() * 1_000_000) * 1000
    if not isinstance(given, str):
        return given
    try:
        return values.time(given)
    except ValueError as error:
        raise InputError(option, str(error), "write it like 2026-01-31T09:00:00Z") from None


def jobs(given: int | None, _: Topology) -> int | None:
    """Return how many worker processes there are; None means as many as seem best.

    Raises:
        InputError: the number is out of range.
    """
    if given is not None and not 1 <= given <= MAX_JOBS:
        fix = f"give a number from 1 to {MAX_JOBS}"
        raise InputError(f"--jobs {given}", "this number of workers is not possible", fix)
    return given


def budget(given: str | int | None, _: Topology) -> Budget:
    """Return how much memory each process may take.

    Raises:
        InputError: it is not a size, or too little.
    """
    return read_budget(given)


def severity(given: str, _: Topology) -> Severity:
    """Return the severity of that name.

    Raises:
        InputError: there is none.
    """
    levels = [str(each) for each in Severity]
    if given not in levels:
        fix = did_you_mean(given, levels, "use one of " + ", ".join(levels))
        raise InputError("--fail-on", f"`{given}` is not a severity", fix)
    return Severity(given)
