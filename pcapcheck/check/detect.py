"""Which profile the captures look like, and why: by the clues that each profile's rule file gives.

Takes the variants of all captures with the role of their point, gives scores; it does not choose what is checked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from pcapcheck.check.matchers import Seen, Value, Verdict, select
from pcapcheck.check.profile import Clue, Profile
from pcapcheck.correlate.variants import LOW

CLOSE: Final = 0.1  # profiles whose scores are no further apart cannot be told apart
SPECIAL: Final = ("form", "stack")


@dataclass(frozen=True, slots=True)
class Score:
    """How well a profile fits: sum of weight x share of packets; `says` names the clues that matched."""

    profile: str
    score: float
    says: tuple[str, ...]


class _Scope:
    """The scope of detection: a profile's default parameters, and nothing else."""

    routed = None

    def __init__(self, profile: Profile, row: Mapping[str, Any]) -> None:
        self._profile, self._row = profile, row

    def variable(self, path: str, field: str) -> tuple[Value, ...] | None:
        return self._profile.values(path) or None

    def previous(self, field: str) -> tuple[int, ...] | None:
        return None

    def field(self, name: str) -> int | None:
        value = self._row.get(name)
        return None if value is None else int(value)

    def text(self, field: str, value: Value) -> str:
        return str(value)

    def seen(self, name: str) -> Seen:
        """Return a field, or the text of form or stack."""
        return str(self._row[name]) if name in SPECIAL else self.field(name)


def detect(profiles: Sequence[Profile], variants: pl.DataFrame) -> list[Score]:
    """Return the profiles that any clue speaks for, best first.

    Args:
        profiles: candidates.
        variants: role, form, stack, packets and the fields that clues name.
    """
    scores = [_score(profile, variants) for profile in profiles]
    return sorted((each for each in scores if each.score > 0), key=lambda each: (-each.score, each.profile))


def _score(profile: Profile, variants: pl.DataFrame) -> Score:
    found = [(clue, _share(profile, clue, variants)) for clue in profile.detect]
    said = tuple(
        f"{share:.0%} of the packets at {' or '.join(clue.at)}" for clue, share in found if share > 0
    )
    return Score(profile.name, round(sum(clue.weight * share for clue, share in found), 6), said)


def _share(profile: Profile, clue: Clue, variants: pl.DataFrame) -> float:
    """Return the share of packets at the clue's roles that match it."""
    rows = variants.filter(pl.col("role").is_in(clue.at)) if clue.at else variants
    if rows.is_empty():
        return 0.0
    names = [name for name in clue.when if name in rows.columns and name not in SPECIAL]
    keys = [column for name in names for column in (name, name + LOW) if column in rows.columns] + [*SPECIAL]
    counted = rows.group_by(keys).agg(pl.col("packets").sum())
    fits = [
        row["packets"]
        for row in counted.iter_rows(named=True)
        if (scope := _Scope(profile, row)) and select(clue.when, scope.seen, scope) is Verdict.HOLDS
    ]
    return sum(fits) / int(counted["packets"].sum())
