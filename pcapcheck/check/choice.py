"""Chooses the profiles that captures are checked against: those that were named, else the most similar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp
from typing import Any, Final

from pcapcheck.check.detect import CLOSE, Scenery, Score, detect
from pcapcheck.check.parameter import Parameter
from pcapcheck.check.profile import Profile, Traits, with_values

STEEP: Final = 1.5  # one more point of weight makes a profile exp(1.5), or 4 to 5 times, as likely
NONE: Final = "no profile fits what was captured; name one with --profile"


@dataclass(frozen=True, slots=True)
class Used:
    """A chosen profile, how certain the choice is and why, and which others are as likely."""

    name: str
    confidence: float
    evidence: str
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """The profiles of a run, of which `main` gives the paths; there is none if no profile fits.

    `stated`: the user or the topology named them.
    """

    profiles: tuple[Profile, ...]
    used: tuple[Used, ...]
    notes: tuple[str, ...] = ()
    stated: bool = False

    @property
    def main(self) -> Profile | None:
        """The profile that gives the expected paths."""
        return self.profiles[0] if self.profiles else None


def named(candidates: Sequence[Profile], votes: Mapping[str, Mapping[int, int]]) -> Chosen:
    """Return the profiles that the user or the topology named.

    Args:
        candidates: profiles with their parameters.
        votes: values that nodes use, where no topology says what is meant.
    """
    used = tuple(Used(each.name, 1.0, "named") for each in candidates)
    return Chosen(tuple(as_used(each, votes) for each in candidates), used, stated=True)


def choose(candidates: Sequence[Profile], scenery: Scenery, votes: Mapping[str, Mapping[int, int]]) -> Chosen:
    """Return the profile that fits the captures best, or what all that fit equally well have in common.

    Args:
        candidates: profiles with their defaults.
        scenery: what the clues are looked for in.
        votes: as for `named`.
    """
    scores = detect([each for each in candidates if not each.shared], scenery)
    if not scores:
        return Chosen((), (), (NONE,) if len(scenery.sight) else ())
    best, *others = scores
    close = [each for each in others if best.score - each.score <= CLOSE]
    profiles = {each.name: each for each in candidates}
    fitting = [as_used(profiles[each.profile], votes) for each in (best, *close)]
    alternatives = tuple(each.profile for each in close)
    used = Used(best.profile, _confidence(scores), "; ".join(best.says), alternatives)
    notes = (_cannot_tell(best, close),) if close else ()
    return Chosen((agreement(fitting) if close else fitting[0],), (used,), notes)


def _confidence(scores: Sequence[Score]) -> float:
    """Return how likely the first profile is, if one of them is right, by the lead over the others."""
    return round(1 / sum(exp(STEEP * (each.score - scores[0].score)) for each in scores), 2)


def _cannot_tell(best: Score, close: Sequence[Score]) -> str:
    others = " or ".join(each.profile for each in close)
    return (
        f"these captures fit {best.profile} as well as {others}: only rules that they share are used; "
        f"--profile says which it is"
    )


MIN_AGREEING_NODES: Final = 2  # nodes


def as_used(profile: Profile, votes: Mapping[str, Mapping[int, int]]) -> Profile:
    """Return the profile with the values that nodes use.

    Args:
        profile: with its defaults.
        votes: parameter -> value -> how many nodes use it; a value below 0 is none.
    """
    changed = [
        _as_used(profile.parameters[name], counts)
        for name, counts in votes.items()
        if name in profile.parameters and counts
    ]
    return with_values(profile, changed)


def _as_used(parameter: Parameter, counts: Mapping[int, int]) -> Parameter:
    if any(value in counts for value in parameter.values if isinstance(value, int)):
        return parameter
    if parameter.many:
        used = tuple(sorted(value for value, nodes in counts.items() if nodes >= MIN_AGREEING_NODES))
        return replace(parameter, values=used)
    most = max(counts, key=lambda value: (counts[value], value >= 0, -value))
    sure = most >= 0 and (counts[most] >= MIN_AGREEING_NODES or len(counts) > 1)
    return replace(parameter, values=(most,) if sure else ())


NOTHING: Final[dict[str, Any]] = {
    "tunnel": "",
    "tunnel_between": "",
    "tunnel_port": None,
    "encrypted": False,
    "bridged": False,
    "same_node": "",
    "gateway_mac": None,
    "masquerade": False,
    "identity_vni": False,
    "shared_mac": False,
    "announced": False,
}
# These traits only excuse: an unanswered request, or a MAC that several pods have, may be intended.
LENIENT: Final[dict[str, Any]] = {"same_node": "never", "shared_mac": True}


def agreement(profiles: Sequence[Profile]) -> Profile:
    """Return the first profile, reduced to what all the others have too."""
    first, *others = profiles
    rules = tuple(rule for rule in first.rules if all(rule in other.rules for other in others))
    ids = {rule.id for rule in rules}
    paths = {
        name: path
        for name, path in first.paths.items()
        if all(each.paths.get(name) == path for each in others)
    }
    return replace(
        first,
        rules=rules,
        own_rules=frozenset(first.own_rules & ids),
        paths=paths,
        traits=_traits([each.traits for each in profiles]),
    )


def _traits(traits: Sequence[Traits]) -> Traits:
    """Return the traits that all have; a trait in which they differ is what NOTHING says."""
    known = [{name: getattr(each, name) for name in NOTHING} for each in traits]
    for name, value in LENIENT.items():
        if any(each[name] == value for each in known):
            known = [{**each, name: value} for each in known]
    same = {name: value for name, value in known[0].items() if all(each[name] == value for each in known)}
    return Traits(**{**NOTHING, **same})
