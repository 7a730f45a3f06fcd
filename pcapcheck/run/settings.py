"""Settings: what a run was told, from the words of the command line or of Python to values.

Mistakes end here, with the option that they are in. It reads no captures.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeAlias

from pcapcheck.check.candidates import RuleChoice
from pcapcheck.check.filters import parse_filter
from pcapcheck.check.finding import Severity
from pcapcheck.check.selection import Selection, pod_names
from pcapcheck.decode.registry import dissector_table
from pcapcheck.documents import values
from pcapcheck.errors import InputError, did_you_mean
from pcapcheck.scale.memory import ONE_GB, Budget, read_budget
from pcapcheck.topology.topology import Topology

Words: TypeAlias = str | Path | Sequence[str | Path] | None  # one, several or none
Time: TypeAlias = str | int | datetime | None  # RFC 3339, nanoseconds since 1970 UTC
Dissectors: TypeAlias = Mapping[str, Mapping[int, str]] | Sequence[str]

_DECODE_AS: Final = re.compile(
    r"([\w.]+)==(\d{1,5}|0[xX][0-9a-fA-F]{1,4})(?:-(\d{1,5}))?,([\w.-]+)", re.ASCII
)
_MOST_JOBS: Final = 256


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run was told.

    Attributes:
        profiles: names or files; empty: the topology's, else detected.
        parameters: values that `--set` gave.
        rules: which rules are judged.
        selection: which flows are looked at.
        decode_as: further dissectors, table -> number -> protocol.
        fail_on: the severity from which a finding is a violation.
        jobs: worker processes; None: as many as seem best.
        scheduler: of a Dask cluster, whose workers are used instead.
        since, until: nanoseconds since 1970 UTC.
        budget: what each process may hold.
        scratch: folder for what does not fit memory.
    """

    profiles: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    rules: RuleChoice = field(default_factory=RuleChoice)
    selection: Selection = field(default_factory=Selection)
    decode_as: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    fail_on: Severity = Severity.ERROR
    jobs: int | None = 1
    scheduler: str | None = None
    since: int | None = None
    until: int | None = None
    budget: Budget = ONE_GB
    scratch: str | None = None


def read_settings(
    topology: Topology,
    *,
    profile: Words = None,
    parameters: Mapping[str, Any] | Sequence[str] = (),
    decode_as: Dissectors = (),
    filter: str | None = None,
    pod: Words = None,
    flow: str | int | None = None,
    since: Time = None,
    until: Time = None,
    jobs: int | None = 1,
    scheduler: str | None = None,
    memory: str | int | None = None,
    scratch: str | Path | None = None,
    **judging: Any,
) -> Settings:
    """Return the settings that these words mean; `judging` as in `_judging`.

    Raises:
        InputError: one of them means nothing.
    """
    choice, fail_on = _judging(**judging)
    if jobs is not None and not 1 <= jobs <= _MOST_JOBS:
        raise InputError(
            f"--jobs {jobs}", "so many workers cannot be", f"give a number from 1 to {_MOST_JOBS}"
        )
    return Settings(
        profiles=_words(profile),
        parameters=parameters if isinstance(parameters, Mapping) else _parameters(parameters),
        rules=choice,
        selection=Selection(
            filter=parse_filter(filter) if filter is not None else {},
            pods=pod_names(_words(pod), topology),
            flow=None if flow is None else str(flow),
        ),
        decode_as=_dissectors(decode_as),
        fail_on=fail_on,
        jobs=jobs,
        scheduler=scheduler,
        since=_time("--since", since),
        until=_time("--until", until),
        budget=read_budget(memory),
        scratch=None if scratch is None else str(scratch),
    )


def _judging(
    *, select: Words = None, ignore: Words = None, require: Words = None, fail_on: str = "error"
) -> tuple[RuleChoice, Severity]:
    """Return which rules are judged, and what is a violation."""
    levels = [str(each) for each in Severity]
    if fail_on not in levels:
        fix = did_you_mean(fail_on, levels, "use one of " + ", ".join(levels))
        raise InputError("--fail-on", f"`{fail_on}` is not a severity", fix)
    return RuleChoice(_words(select), _words(ignore), _words(require)), Severity(fail_on)


def _words(given: Words) -> tuple[str, ...]:
    if given is None:
        return ()
    return (str(given),) if isinstance(given, str | Path) else tuple(str(each) for each in given)


def _parameters(texts: Iterable[str]) -> dict[str, Any]:
    """Return {"vni": "5"} of `vni=5`; commas stand between several values, nothing takes the value away."""
    parameters: dict[str, Any] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name.strip():
            raise InputError(f"--set {text}", "this gives no parameter a value", "write `vni=5`")
        several = [each.strip() for each in value.split(",")]
        parameters[name.strip()] = several if len(several) > 1 else several[0] or None
    return parameters


def _dissectors(given: Dissectors) -> dict[str, dict[int, str]]:
    """Return {"udp.port": {8472: "vxlan"}} of `udp.port==8472,vxlan`, as tshark writes it."""
    if isinstance(given, Mapping):
        tables = {table: dict(numbers) for table, numbers in given.items()}
    else:
        tables = {}
        for text in given:
            table, numbers, protocol = _decoded_as(text)
            tables.setdefault(table, {}).update(dict.fromkeys(numbers, protocol))
    dissector_table(tables)
    return tables


def _decoded_as(text: str) -> tuple[str, range, str]:
    parts = _DECODE_AS.fullmatch(text.replace(" ", ""))
    if not parts:
        what = "this does not say what a number means"
        raise InputError(f"--decode-as {text}", what, "write `udp.port==8472,vxlan`")
    table, first, last, protocol = parts.groups()
    return table, range(int(first, 0), int(last or first, 0) + 1), protocol


def _time(option: str, given: Time) -> int | None:
    if isinstance(given, datetime):
        return int(given.astimezone(UTC).timestamp() * 1_000_000) * 1000
    if not isinstance(given, str):
        return given
    try:
        return values.time(given)
    except ValueError as error:
        raise InputError(option, str(error), "write it like 2026-01-31T09:00:00Z") from None
