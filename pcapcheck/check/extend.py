"""Merges a rule file with all that it `extends` into one profile, the shared files first.

A later file replaces parameters and rules by name, paths by kind of traffic and traits by key; `detect` comes
from the last file that has it. No file is opened here.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from pcapcheck.check.profile import ACROSS_NODES, Profile, Traits
from pcapcheck.check.rule import Rule
from pcapcheck.check.rulefile import RuleFile, StepMarks
from pcapcheck.correlate.paths import Decrement, Path, PathHop

SHARED: Final = "kubernetes"  # its rules alone make no network conformant
_ROUTED: Final[Mapping[str, Decrement]] = {
    "routed": (1, 1),
    "routers": (0, None),
    "maybe-routed": (0, 1),
    "routed-twice": (1, 2),  # by a router and the host, or by a router that is also the host
    "maybe-routed-twice": (0, 2),
}


def extend(files: Sequence[RuleFile]) -> Profile:
    """Return the profile of the last file, with what it inherits from those before it."""
    last = files[-1]
    traits = Traits(**_merged(each.traits for each in files))
    rules = _rules(files)
    own = {rule.id for each in files if each.name != SHARED for rule in each.rules}
    return Profile(
        name=last.name,
        title=last.title,
        extends=tuple(each.name for each in files[:-1]),
        shared=last.shared,
        parameters=_merged(each.parameters for each in files),
        decode_as=tuple(dict.fromkeys(entry for each in files for entry in each.decode_as)),
        detect=next((each.detect for each in reversed(files) if each.detect is not None), ()),
        traits=traits,
        paths=_paths(_merged(each.paths for each in files), traits),
        rules=tuple(rules.values()),
        own_rules=frozenset(own & rules.keys()),
        sources=_merged(each.sources for each in files),
        place=last.place,
    )


def _merged(mappings: Iterable[Any]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for each in mappings:
        merged.update(each)
    return merged


def _rules(files: Sequence[RuleFile]) -> dict[str, Rule]:
    rules: dict[str, Rule] = {}
    for each in files:
        for dropped in each.drop:
            rules.pop(dropped, None)
        rules.update({rule.id: rule for rule in each.rules})
    return rules


def _paths(steps: Mapping[str, Sequence[StepMarks]], traits: Traits) -> dict[str, Path]:
    """Return the paths; across subnets is as across nodes, where a file does not say otherwise."""
    wanted = dict(steps)
    for name in steps:
        wanted.setdefault(name.replace("cross-node", "cross-subnet"), steps[name])
    return {name: _path(name, each, traits) for name, each in wanted.items()}


def _path(name: str, steps: Sequence[StepMarks], traits: Traits) -> Path:
    who, _, where = name.rpartition("/")
    kind = where if where in ACROSS_NODES else ""
    sides = _sides(who or where, kind, [role for role, _ in steps])
    form = traits.form(kind)
    return tuple(_hop(step, side, form) for step, side in zip(steps, sides, strict=True))


def _hop(step: StepMarks, side: str, form: str) -> PathHop:
    role, marks = step
    routed = next((_ROUTED[mark] for mark in marks if mark in _ROUTED), (0, 0))
    between = role == "uplink" and "plain" not in marks
    return PathHop(role, side, form if between else "plain", routed, "optional" in marks)


def _sides(who: str, across: str, roles: Sequence[str]) -> list[str]:
    """Return the side of each hop; across nodes, the hops from the last uplink on are the destination's."""
    if across:
        here = len(roles) - 1 - roles[::-1].index("uplink") if "uplink" in roles else len(roles)
    elif who.startswith("external-"):
        here = 0
    elif roles.count("pod") == 1 or "pod" not in roles:
        here = len(roles) if roles[:1] == ["pod"] else 0
    else:
        here = len(roles) // 2
    first = "via" if who.startswith("external-") else "source"
    return [first] * here + ["destination"] * (len(roles) - here)
