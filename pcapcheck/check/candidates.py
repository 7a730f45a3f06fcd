"""The profiles that captures may be checked against, with the parameters and rules chosen for this run.

They follow from what the user and the topology say, so that mistakes end the run before a packet is read. If
no profile was named, `choice` decides between them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any, Final

from pcapcheck.check.expected import RULE
from pcapcheck.check.profile import Profile
from pcapcheck.check.rules import (
    Option,
    load_decoding,
    load_profile,
    unknown_parameters,
    with_parameters,
)
from pcapcheck.documents.shipped import head, profile_names, rules_directory
from pcapcheck.errors import InputError, did_you_mean
from pcapcheck.topology.topology import Topology

RULE_LISTS_ADVICE: Final = "`pcapcheck rules list` and `pcapcheck rules show PROFILE` list the rules"


@dataclass(frozen=True, slots=True)
class RuleChoice:
    """Which rules are judged, by id or pattern (`flannel-vxlan/*`), and which causes are reported.

    The id of a rule has a slash, that of a cause has none.

    Attributes:
        select: only these; all rules where it names no rule, all causes where it names no cause.
        ignore: not these.
        require: these must be exercised. That is judged later; here they must exist.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    require: tuple[str, ...] = ()

    def __contains__(self, name: str) -> bool:
        return self.takes(name)

    def takes(self, *names: str) -> bool:
        """Whether a rule or cause with these names, its id and its former ids, is among those chosen."""
        alike = [
            pattern for pattern in self.select if ("/" in pattern) == ("/" in names[0]) or pattern == "*"
        ]
        chosen = not alike or any_fits(names, alike)
        return chosen and not any_fits(names, self.ignore)


def any_fits(names: Iterable[str], patterns: Sequence[str]) -> bool:
    """Whether one of some names fits one of some patterns."""
    return any(fnmatchcase(name, pattern) for name in names for pattern in patterns)


@dataclass(frozen=True, slots=True)
class Candidates:
    """The profiles, and whether the user or the topology named them."""

    profiles: tuple[Profile, ...]
    named: bool


def find_candidates(
    topology: Topology,
    names: Sequence[str],
    parameters: Mapping[str, Any],
    rules: RuleChoice,
    *,
    decoding_only: bool = False,
) -> Candidates:
    """Return the profiles that were named, else all.

    Args:
        topology: its profile and parameters count where the user gives none.
        names: names of profiles, or paths of rule files.
        parameters: what `--set` gives.
        rules: which of their rules are judged.
        decoding_only: if no profile was named, load only what says how to decode, since loading all the
            rules takes time.

    Raises:
        InputError: a profile, parameter or rule does not exist or cannot be used.
    """
    named = names or ((topology.profile,) if topology.profile else ())
    if decoding_only and not named:
        loaded = [load_decoding(name) for name in _decoding()]
    else:
        loaded = [load_profile(name) for name in named or profile_names()]
    profiles = [_as_the_topology_says(each, topology) for each in loaded]
    _check_rules(profiles, rules)
    _check_parameters(profiles, parameters)
    tuned = [given(each, parameters) for each in profiles]
    kept = [
        replace(each, rules=tuple(rule for rule in each.rules if rules.takes(*rule.names))) for each in tuned
    ]
    return Candidates(tuple(kept), bool(named))


def _decoding() -> tuple[str, ...]:
    """Return the shipped profiles whose own file gives the protocol of a port number."""
    return tuple(name for name in profile_names() if "\ndecode_as:" in head(name))


def clue_fields(profiles: Iterable[Profile]) -> tuple[str, ...]:
    """Return the fields by which profiles are recognised."""
    names = (name for profile in profiles for clue in profile.detect for name in clue.when)
    return tuple(dict.fromkeys(name for name in names if name not in ("form", "stack")))


def dissectors(
    profiles: Iterable[Profile], more: Mapping[str, Mapping[int, str]]
) -> dict[str, dict[int, str]]:
    """Return which protocols a number may mean, by any of the profiles: table -> number -> protocol."""
    decode_as: dict[str, dict[int, str]] = {}
    for tables in (*(each.dissectors() for each in profiles), more):
        for table, numbers in tables.items():
            decode_as.setdefault(table, {}).update(numbers)
    return decode_as


def given(profile: Profile, parameters: Mapping[str, Any]) -> Profile:
    """Return the profile with the values of `--set` for the parameters that it has."""
    known = {name: value for name, value in parameters.items() if name in profile.parameters}
    return with_parameters(profile, known, Option("--set")) if known else profile


def _as_the_topology_says(profile: Profile, topology: Topology) -> Profile:
    if not topology.parameters or topology.profile not in (None, profile.name):
        return profile
    unknown = unknown_parameters(profile, topology.parameters)
    known = {name: value for name, value in topology.parameters.items() if name not in unknown}
    return with_parameters(profile, known, Option(f"{topology.source}: parameters"))


def _check_parameters(profiles: Sequence[Profile], parameters: Mapping[str, Any]) -> None:
    """Raise an error for the first parameter that no profile has."""
    for name in parameters:
        if not any(name in profile.parameters for profile in profiles):
            with_parameters(_of_all(profiles), {name: parameters[name]}, Option("--set"))


def _of_all(profiles: Sequence[Profile]) -> Profile:
    """Return the only profile, or one that stands for all, with the parameters of all."""
    if len(profiles) == 1:
        return profiles[0]
    every = {name: each for profile in profiles for name, each in profile.parameters.items()}
    return Profile("any", "All profiles", parameters=every)


def _check_rules(profiles: Sequence[Profile], rules: RuleChoice) -> None:
    """Raise an error for the first pattern that no rule has, and no cause where these are meant, too."""
    known = sorted({name for profile in profiles for rule in profile.rules for name in rule.names} | {RULE})
    causes = sorted(path.stem for path in (rules_directory() / "diagnoses").glob("*.yaml"))
    options = {"--select": rules.select, "--ignore": rules.ignore, "--require": rules.require}
    for option, patterns in options.items():
        names = known if option == "--require" else [*known, *causes]
        for pattern in patterns:
            if not any(fnmatchcase(name, pattern) for name in names):
                what = f"no rule of {_which(profiles)} has this id" + (", and no cause" * (names != known))
                raise InputError(f"{option} {pattern}", what, did_you_mean(pattern, names, RULE_LISTS_ADVICE))


def _which(profiles: Sequence[Profile]) -> str:
    return f"profile `{profiles[0].name}`" if len(profiles) == 1 else "these profiles"
