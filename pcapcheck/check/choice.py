"""Choose the profiles that captures are checked against: those that were named, else the one that the captures look like."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from pcapcheck.check.detect import CLOSE, Score, detect
from pcapcheck.check.profile import Profile
from pcapcheck.topology.topology import CapturePoint


@dataclass(frozen=True, slots=True)
class Used:
    """A chosen profile, how sure that is, why, and what else it could be."""

    name: str
    confidence: float
    evidence: str
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """The profiles of a run; `main` gives the paths. None if nothing fits."""

    profiles: tuple[Profile, ...]
    used: tuple[Used, ...]
    notes: tuple[str, ...] = ()

    @property
    def main(self) -> Profile | None:
        """The profile whose paths are expected."""
        return self.profiles[0] if self.profiles else None


def choose(
    candidates: Sequence[Profile],
    variants: pl.DataFrame,
    points: Sequence[CapturePoint | None],
    *,
    named: bool,
) -> Chosen:
    """Return the profiles to check against.

    Args:
        candidates: profiles with their parameters.
        variants: of all captures, with `point`.
        points: capture points.
        named: the user or the topology named the candidates, so all of them are used.
    """
    if named:
        return Chosen(tuple(candidates), tuple(Used(each.name, 1.0, "named") for each in candidates))
    if variants.is_empty():
        return Chosen((), ())
    roles = {number: str(point.role) for number, point in enumerate(points) if point}
    told = variants.with_columns(
        pl.col("point").replace_strict(roles, default=None, return_dtype=pl.String).alias("role")
    )
    scores = detect([each for each in candidates if not each.shared], told)
    return _best(candidates, scores)


def _best(candidates: Sequence[Profile], scores: Sequence[Score]) -> Chosen:
    """Take the best; profiles that score as well are named as alternatives."""
    if not scores:
        return Chosen((), (), ("no profile fits what was captured; name one with --profile",))
    best = scores[0]
    close = [each for each in scores[1:] if best.score - each.score <= CLOSE]
    total = sum(each.score for each in scores)
    profile = next(each for each in candidates if each.name == best.profile)
    used = Used(
        best.profile,
        round(best.score / total, 2),
        "; ".join(best.says),
        tuple(each.profile for each in close),
    )
    return Chosen((profile,), (used,))
