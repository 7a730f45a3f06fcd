"""Scores how well the captures fit each profile, by the clues in the profile's rule file.

A clue adds its weight where packets show what it describes, and subtracts it where they show something else;
without packets that could show either, it counts for nothing. Which profile is then used is for `choice`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

import polars as pl

from pcapcheck.check.matchers import MatchVerdict, Seen, Value, select
from pcapcheck.check.profile import Clue, Profile
from pcapcheck.check.rulecontext import fitting, written_for
from pcapcheck.collect.variants import LOW
from pcapcheck.decode.columns import kind_of
from pcapcheck.topology.names import Names
from pcapcheck.topology.topology import CapturePoint, Topology

CLOSE: Final = 0.1  # profiles whose scores differ by no more cannot be distinguished
TEXT_CLUES: Final = ("form", "stack")
LEAST: Final = 1.5  # less than one good clue is nothing to choose a profile by
SOME: Final = 0.05  # share of the packets that is more than a stray one
MIN_CLUE_PACKETS: Final = 2  # packets


@dataclass(frozen=True, slots=True)
class Score:
    """How well a profile fits; `says` names the clues in its favour, the strongest first."""

    profile: str
    score: float
    says: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scenery:
    """What clues are looked for in.

    Attributes:
        sight: the packets, as `detection.detection_frame` gives them.
        points: capture points.
        topology: for `$source…` and `$destination…`.
    """

    sight: pl.DataFrame
    points: tuple[CapturePoint | None, ...]
    topology: Topology


class _Scope:
    """The scope in which clues are judged: a profile's parameters, and the owners of addresses."""

    routed = None

    def __init__(self, profile: Profile, names: Names, row: Mapping[str, Any]) -> None:
        self._profile, self._names, self._row = profile, names, row

    def variable(self, path: str, field: str) -> tuple[Value, ...] | None:
        subject, _, rest = path.partition(".")
        if subject in ("source", "destination"):
            return fitting(self._names.of_address(self._row.get(subject), rest), kind_of(field)) or None
        if subject == "cluster":
            return fitting(self._names.of_cluster(rest), kind_of(field)) or None
        return self._profile.values(path) or None

    def previous(self, field: str) -> tuple[int, ...] | None:
        return None

    def field(self, name: str) -> int | None:
        value, low = self._row.get(name), self._row.get(name + LOW)
        return None if value is None else int(value) if low is None else int(value) << 64 | int(low)

    def text(self, field: str, value: Value) -> str:
        return written_for(field, value)

    def seen(self, name: str) -> Seen:
        """Return a field, or the text of form or stack."""
        return str(self._row[name]) if name in TEXT_CLUES else self.field(name)


def detect(profiles: Sequence[Profile], scenery: Scenery) -> list[Score]:
    """Return the profiles that have more in their favour than against them, the best first."""
    scores = [_score(profile, scenery) for profile in profiles]
    return sorted(
        (each for each in scores if each.score >= LEAST), key=lambda each: (-each.score, each.profile)
    )


def _score(profile: Profile, scenery: Scenery) -> Score:
    names = Names(scenery.topology, None)
    found = [(clue, _points(profile, names, clue, scenery)) for clue in profile.detect]
    speaking = sorted((each for each in found if each[1] > 0), key=lambda each: -each[1])
    scope = _Scope(profile, names, {})
    says = tuple(_text(clue, scope) for clue, _ in speaking)
    return Score(profile.name, round(sum(points for _, points in found), 6), says)


def _text(clue: Clue, scope: _Scope) -> str:
    """Return a clue for readers."""
    if clue.interface:
        return f"an interface called {' or '.join(clue.interface)}"
    said = ", ".join(f"{name} {matcher.expected_text(scope)}" for name, matcher in clue.when.items())
    traffic = f" of {' or '.join(clue.traffic)} traffic" if clue.traffic else ""
    return f"{said} at {' or '.join(clue.at)}{traffic}"


def _points(profile: Profile, names: Names, clue: Clue, scenery: Scenery) -> float:
    """Return by how much a clue changes the score."""
    if clue.interface:
        return clue.weight * _is_called(clue, scenery.points)
    rows = scenery.sight
    if rows.is_empty():
        return 0.0
    rows = rows.filter(pl.col("role").is_in(clue.at)) if clue.at else rows
    rows = rows.filter(pl.col("where").is_in(clue.traffic)) if clue.traffic else rows
    fitting_packets, packets = _count(profile, names, clue, rows)
    if not packets:
        return 0.0
    share = fitting_packets / packets
    if clue.some:
        seen = share >= SOME and fitting_packets >= MIN_CLUE_PACKETS
        return clue.weight if seen else -max(clue.weight, 0.0)
    return clue.weight * (2 * share - 1) if clue.weight > 0 else clue.weight * share


def _is_called(clue: Clue, points: Sequence[CapturePoint | None]) -> bool:
    """Whether a captured interface of these roles has a name that the CNI gives."""
    return any(
        fnmatchcase(point.interface, pattern)
        for point in points
        if point is not None and (not clue.at or point.role in clue.at)
        for pattern in clue.interface
    )


def _count(profile: Profile, names: Names, clue: Clue, rows: pl.DataFrame) -> tuple[int, int]:
    """Return how many packets match a clue, and of how many that can be told."""
    fields = [name for name in clue.when if name in rows.columns and name not in TEXT_CLUES]
    fields += [other for matcher in clue.when.values() for other in matcher.fields if other in rows.columns]
    ends = ["source", "destination"] if any("." in path for path in clue.variables) else []
    keys = [column for name in fields for column in (name, name + LOW) if column in rows.columns]
    counted = rows.group_by(list(dict.fromkeys([*keys, *TEXT_CLUES, *ends]))).agg(pl.col("packets").sum())
    fits = total = 0
    for row in counted.iter_rows(named=True):
        scope = _Scope(profile, names, row)
        verdict = select(clue.when, scope.seen, scope)
        total += row["packets"] if verdict is not MatchVerdict.NOT_EVALUABLE else 0
        fits += row["packets"] if verdict is MatchVerdict.HOLDS else 0
    return fits, total
