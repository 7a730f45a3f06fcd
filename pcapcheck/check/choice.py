"""Choose the profiles that captures are checked against.

Those that were named, else what the captures look like.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp
from typing import Final

from pcapcheck.check.agreement import agreement
from pcapcheck.check.detect import CLOSE, Scenery, Score, detect
from pcapcheck.check.intention import as_used
from pcapcheck.check.profile import Profile

STEEP: Final = 1.5  # a clue of weight 1 more makes a profile exp(1.5), 4 to 5 times, as likely
NONE: Final = "no profile fits what was captured; name one with --profile"


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


def named(candidates: Sequence[Profile], tallies: Mapping[str, Mapping[int, int]]) -> Chosen:
    """Return the profiles that the user or the topology named.

    Args:
        candidates: profiles with their parameters.
        tallies: values that nodes use, where no topology says what is meant.
    """
    used = tuple(Used(each.name, 1.0, "named") for each in candidates)
    return Chosen(tuple(as_used(each, tallies) for each in candidates), used)


def choose(
    candidates: Sequence[Profile], scenery: Scenery, tallies: Mapping[str, Mapping[int, int]]
) -> Chosen:
    """Return the profile that the captures look like, or what those that they look like agree on.

    Args:
        candidates: profiles with their defaults.
        scenery: what the clues are looked for in.
        tallies: as for `named`.
    """
    scores = detect([each for each in candidates if not each.shared], scenery)
    if not scores:
        return Chosen((), (), (NONE,) if len(scenery.sight) else ())
    best, *others = scores
    close = [each for each in others if best.score - each.score <= CLOSE]
    profiles = {each.name: each for each in candidates}
    fitting = [as_used(profiles[each.profile], tallies) for each in (best, *close)]
    alternatives = tuple(each.profile for each in close)
    used = Used(best.profile, _confidence(scores), "; ".join(best.says), alternatives)
    notes = (_cannot_tell(best, close),) if close else ()
    return Chosen((agreement(fitting) if close else fitting[0],), (used,), notes)


def _confidence(scores: Sequence[Score]) -> float:
    """Return how likely the first is, if one of them is right: by how far the others are behind."""
    return round(1 / sum(exp(STEEP * (each.score - scores[0].score)) for each in scores), 2)


def _cannot_tell(best: Score, close: Sequence[Score]) -> str:
    others = " or ".join(each.profile for each in close)
    return (
        f"these captures fit {best.profile} as well as {others}: only rules that they share are used; "
        f"--profile says which it is"
    )
