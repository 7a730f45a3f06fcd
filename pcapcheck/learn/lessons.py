"""Lessons: what packets of each kind have in common, as constant values and variables of the topology.

A variable is better than a value, because it also holds in another run, where pods have other addresses.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

from pcapcheck.check.rulecontext import RuleContext
from pcapcheck.compare.side import Side
from pcapcheck.documents import values
from pcapcheck.observe.kinds import FORM, STACK, Observed, PacketKind, rows_of_kinds
from pcapcheck.observe.naming import Namer, variables
from pcapcheck.observe.wording import ObservedCase, cases


@dataclass(frozen=True, slots=True)
class Lesson:
    """What was learnt about one field.

    Attributes:
        at: roles of the hops.
        side: source, destination, or "" for both.
        form: how the packets travel there; "" is any.
        who, where: the traffic kinds.
        field: Wireshark's name, `form` or `stack`.
        expected: the values it had, as a rule file writes them; a variable begins with a dollar sign.
        packets, flows: how many were seen; all of them had these values.
        when: a pattern that the stack must match; "" is any stack.
    """

    at: tuple[str, ...]
    side: str
    form: str
    who: tuple[str, ...]
    where: tuple[str, ...]
    field: str
    expected: tuple[str, ...]
    packets: int
    flows: int
    when: str = ""


MAX_VALUES: Final = {"stack": 4, "form": 2, "mac": 1}  # distinct values that a rule may list; more are chance
MAX_LEARNT_NUMBERS: Final = 3  # likewise, of all other fields
FAMILY_STACKS: Final = {"ip": "link:*:ip:{tcp,udp,icmp}", "ipv6": "link:*:ipv6:{tcp,udp,icmpv6}"}


@dataclass(slots=True)
class _Seen:
    """One field of one kind of packets: the variables that held in all packets so far, and the values."""

    observed: Observed
    candidates: list[str]
    values: set[int | str] = field(default_factory=set)
    owned: bool = False  # a value is the address of one interface, which may differ in another run
    packets: int = 0
    flows: set[int] = field(default_factory=set)

    def add(self, case: ObservedCase, namer: Namer, value: int | str) -> None:
        """Add one case."""
        self.packets += case.packets
        self.flows |= case.flows
        if isinstance(value, int) and self.candidates:
            self.candidates = list(namer.holding(case.row, self.observed, value, self.candidates))
        self.owned = self.owned or namer.is_owned(self.observed, value)
        if len(self.values) <= MAX_LEARNT_NUMBERS + 1:
            self.values.add(value)

    @property
    def expected(self) -> tuple[str, ...]:
        """The values that a rule may expect; none if they differ too much."""
        if self.candidates:
            return (f"${self.candidates[0]}",)
        kind = self.observed.kind
        if (
            self.owned
            or kind in ("ipv4", "ipv6")
            or len(self.values) > MAX_VALUES.get(kind, MAX_VALUES.get(self.observed.name, MAX_LEARNT_NUMBERS))
        ):
            return ()
        written = (
            each if isinstance(each, str) else values.written(kind, each)
            for each in sorted(self.values, key=str)
        )
        return tuple(written)


def lessons(side: Side) -> list[Lesson]:
    """Return what was learnt from a set of captures."""
    namer = Namer(RuleContext(side.network, side.profile), side.network.owners)
    found: dict[tuple[PacketKind, str, str], _Seen] = {}
    for case in cases(rows_of_kinds(side.network)):
        for kind, observed, value, when in _learnable(case):
            key = kind, observed.name, when
            if key not in found:
                found[key] = _Seen(observed, list(variables(observed.kind)))
            found[key].add(case, namer, value)
    plain = (
        _lesson(kind, when, seen) for (kind, _, when), seen in sorted(found.items(), key=lambda each: each[0])
    )
    return [each for each in merged(list(plain)) if each.expected]


def _learnable(case: ObservedCase) -> Iterator[tuple[PacketKind, Observed, int | str, str]]:
    """Yield kind, field, value and condition of what can be learnt from a case.

    The stack gives two lessons: one about the form of the packets, one about their layers.
    """
    if case.field.name != STACK:
        yield case.kind, case.field, case.value, ""
        return
    yield case.kind._replace(form=""), Observed(FORM, "text"), case.kind.form, ""
    stack = str(case.value)
    family = stack.rpartition(":")[2]
    if case.kind.form != "plain" and family in FAMILY_STACKS:
        yield case.kind, case.field, pattern(stack), FAMILY_STACKS[family]


def pattern(stack: str) -> str:
    """Return a pattern for a stack up to the innermost IP header, which any flow inside it matches."""
    _, *layers = stack.split(":")
    while layers and layers[0] in ("vlan", "ieee8021ad"):
        layers = layers[1:]
    return ":".join(["link", *layers, "*"])


def _lesson(kind: PacketKind, when: str, seen: _Seen) -> Lesson:
    where = (kind.where,) if kind.where else ()
    who = (kind.who,)
    counts = (seen.packets, len(seen.flows))
    return Lesson(
        (kind.role,), kind.side, kind.form, who, where, seen.observed.name, seen.expected, *counts, when
    )


def merged(plain: list[Lesson]) -> list[Lesson]:
    """Join the lessons that are the same at both sides, for several traffic kinds or roles."""
    joined = _of_all_sides(plain)
    for name in ("who", "where", "at"):
        joined = [_together(several, name) for several in _alike(joined, name)]
    return sorted(joined, key=lambda each: (each.at, each.field, each.side, each.who, each.where))


def _of_all_sides(plain: list[Lesson]) -> list[Lesson]:
    """Join the lessons that hold at all sides where such packets were seen.

    A rule without a side applies to all sides, and no rule can apply only to hops at neither end. So a lesson
    without a side is kept only if such packets were seen nowhere else.
    """
    seen = {
        _about(each): {one.side for one in several}
        for several in _alike(plain, "side", "expected")
        for each in several
    }
    joined: list[Lesson] = []
    for several in _alike(plain, "side"):
        sides = {each.side for each in several}
        if len(sides) > 1 and sides == seen[_about(several[0])]:
            joined.append(_together(several, "side"))
        else:
            joined += [each for each in several if each.side or seen[_about(each)] == {""}]
    return joined


def _alike(plain: list[Lesson], *names: str) -> list[list[Lesson]]:
    """Group the lessons that differ only in these attributes."""
    groups: defaultdict[Lesson, list[Lesson]] = defaultdict(list)
    for each in plain:
        groups[_changed(each, {"packets": 0, "flows": 0, **dict.fromkeys(names, "")})].append(each)
    return list(groups.values())


def _about(lesson: Lesson) -> Lesson:
    return _changed(lesson, {"packets": 0, "flows": 0, "side": "", "expected": ()})


def _together(several: list[Lesson], name: str) -> Lesson:
    """Return one lesson that says the same as several."""
    packets, flows = sum(each.packets for each in several), max(each.flows for each in several)
    words = {word for each in several for word in getattr(each, name)}
    every = "" if name == "side" else tuple(sorted(words))
    return _changed(several[0], {name: every, "packets": packets, "flows": flows})


def _changed(lesson: Lesson, attributes: dict[str, Any]) -> Lesson:
    return replace(lesson, **attributes)
