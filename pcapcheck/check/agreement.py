"""Agreement: what several profiles that cannot be told apart have in common, as one profile.

Rules, paths and traits that all have; a trait in which they differ says nothing. Parameters are the first
one's.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from pcapcheck.check.profile import Profile, Traits

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
}
# What only excuses: no answer may be meant, and so may a MAC that several have.
LENIENT: Final[dict[str, Any]] = {"same_node": "never", "shared_mac": True}


def agreement(profiles: Sequence[Profile]) -> Profile:
    """Return the first profile with only what all others have too."""
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
    """Return the traits that all have; what a trait in which they differ says is in NOTHING."""
    known = [{name: getattr(each, name) for name in NOTHING} for each in traits]
    for name, value in LENIENT.items():
        if any(each[name] == value for each in known):
            known = [{**each, name: value} for each in known]
    same = {name: value for name, value in known[0].items() if all(each[name] == value for each in known)}
    return Traits(**{**NOTHING, **same})
