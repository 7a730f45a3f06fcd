"""Intention: the values of parameters that the nodes of a cluster agree on, where nobody says what is meant.

Takes how many nodes use each value. The profile's own value stands while any node uses it: the others differ
from it. Else most nodes count; what a single node does is nobody's intention, and the parameter has no value.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from pcapcheck.check.parameter import Parameter
from pcapcheck.check.profile import Profile, with_values

ENOUGH: Final = 2  # nodes


def as_used(profile: Profile, tallies: Mapping[str, Mapping[int, int]]) -> Profile:
    """Return the profile with the values that nodes use.

    Args:
        profile: with its defaults.
        tallies: parameter -> value -> how many nodes use it; a value below 0 is none.
    """
    changed = [
        _as_used(profile.parameters[name], counts)
        for name, counts in tallies.items()
        if name in profile.parameters and counts
    ]
    return with_values(profile, changed)


def _as_used(parameter: Parameter, counts: Mapping[int, int]) -> Parameter:
    if any(value in counts for value in parameter.values if isinstance(value, int)):
        return parameter
    if parameter.many:
        used = tuple(sorted(value for value, nodes in counts.items() if nodes >= ENOUGH))
        return replace(parameter, values=used)
    most = max(counts, key=lambda value: (counts[value], value >= 0, -value))
    sure = most >= 0 and (counts[most] >= ENOUGH or len(counts) > 1)
    return replace(parameter, values=(most,) if sure else ())
