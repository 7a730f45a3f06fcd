"""Matchers: what a rule file says about one field, judged on one value (DESIGN, rule file: matchers).

They work on single values, not on columns: packets are grouped into variants before, so each distinct value
is judged only once. `rulereader` makes matchers from rule files, and a `Scope` knows the network around the
packet.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, TypeAlias

from pcapcheck.decode.stack import matches
from pcapcheck.documents.values import Span

Value: TypeAlias = int | str | Span
Seen: TypeAlias = int | str | None  # a number, the text of form or stack, or no such field


class MatchVerdict(Enum):
    """What a matcher says about a value."""

    HOLDS = "holds"
    BROKEN = "broken"
    NOT_JUDGED = "not judged"  # the packet has no such field, or there is no earlier hop
    NOT_EVALUABLE = "not evaluable"  # a name has no value


OR = " or "  # between what may be, in messages
MAX_LISTED_VALUES = 4  # values of one name that a message lists
# In an any-of list, what might still hold outweighs what does not.
_BEST = (MatchVerdict.HOLDS, MatchVerdict.NOT_EVALUABLE, MatchVerdict.NOT_JUDGED, MatchVerdict.BROKEN)
_OPPOSITE = {MatchVerdict.HOLDS: MatchVerdict.BROKEN, MatchVerdict.BROKEN: MatchVerdict.HOLDS}


class Scope(Protocol):
    """What surrounds the packet that is judged."""

    @property
    def routed(self) -> tuple[int, int | None] | None:
        """Fewest and most routed marks since the earlier captured hop (most None: any); None without one."""

    def variable(self, path: str, field: str) -> tuple[Value, ...] | None:
        """Return the values of `$path` that fit the field's kind and address family; None if it has none."""

    def previous(self, field: str) -> tuple[int, ...] | None:
        """Return the values at the nearest earlier captured hop; None without one, or without the field."""

    def field(self, name: str) -> int | None:
        """Return another field of the same packet; None if it has none."""

    def text(self, field: str, value: Value) -> str:
        """Return a value as people write it for this field."""


class Matcher(ABC):
    """One condition on one field."""

    __slots__ = ()

    def judge(self, value: Seen, scope: Scope) -> MatchVerdict:
        """Judge the value of one packet; None is a packet without the field."""
        return MatchVerdict.NOT_JUDGED if value is None else self._judge(value, scope)

    def expected_text(self, scope: Scope) -> str:
        """Return what is expected, for a message."""
        return self._text(scope)

    def walk(self) -> Iterator["Matcher"]:
        """Yield this matcher and all that it is made of."""
        yield self
        for part in self._parts():
            yield from part.walk()

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables it reads, without the dollar sign."""
        return tuple(dict.fromkeys(part.path for part in self.walk() if isinstance(part, Variable)))

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of the packet that it reads, besides the one it is about."""
        return tuple(dict.fromkeys(part.name for part in self.walk() if isinstance(part, Other)))

    @property
    def earlier(self) -> tuple["Earlier", ...]:
        """The parts that look at the hop before."""
        return tuple(part for part in self.walk() if isinstance(part, Earlier))

    @abstractmethod
    def _judge(self, value: int | str, scope: Scope) -> MatchVerdict: ...

    @abstractmethod
    def _text(self, scope: Scope) -> str: ...

    def _parts(self) -> tuple["Matcher", ...]:
        return ()


@dataclass(frozen=True, slots=True)
class Literal(Matcher):
    """A value, a range or a network, as the file writes it."""

    wanted: Value
    written: str

    def _judge(self, value: int | str, scope: Scope) -> MatchVerdict:
        return _verdict(equal(value, self.wanted))

    def _text(self, scope: Scope) -> str:
        return self.written


@dataclass(frozen=True, slots=True)
class Pattern(Matcher):
    """A pattern for the stack of layers."""

    pattern: str

    def _judge(self, value: int | str, scope: Scope) -> MatchVerdict:
        return _verdict(matches(self.pattern, str(value)))

    def _text(self, scope: Scope) -> str:
        return self.pattern


@dataclass(frozen=True, slots=True)
class AnyOf(Matcher):
    """A list, of which at least one matcher must hold."""

    parts: tuple[Matcher, ...]

    def judge(self, value: Seen, scope: Scope) -> MatchVerdict:
        """Judge by all parts, since one of them may be about the field's absence."""
        found = {part.judge(value, scope) for part in self.parts}
        return next(verdict for verdict in _BEST if verdict in found)

    def _judge(self, value: int | str, scope: Scope) -> MatchVerdict:
        return self.judge(value, scope)

    def _text(self, scope: Scope) -> str:
        return OR.join(dict.fromkeys(part.expected_text(scope) for part in self.parts))

    def _parts(self) -> tuple[Matcher, ...]:
        return self.parts


@dataclass(frozen=True, slots=True)
class Not(Matcher):
    """`{not: …}`: the opposite; like its opposite, it does not judge a packet without the field."""

    part: Matcher

    def _judge(self, value: int | str, scope: Scope) -> MatchVerdict:
        verdict = self.part.judge(value, scope)
        return _OPPOSITE.get(verdict, verdict)

    def _text(self, scope: Scope) -> str:
        text = self.part.expected_text(scope)
        return f"none of {text.replace(OR, ', ')}" if OR in text else f"not {text}"

    def _parts(self) -> tuple[Matcher, ...]:
        return (self.part,)


@dataclass(frozen=True, slots=True)
class Present(Matcher):
    """`{present: true | false}`: the only matcher that judges a packet without the field."""

    wanted: bool

    def judge(self, value: Seen, scope: Scope) -> MatchVerdict:
        """Judge whether the packet has the field."""
        return _verdict((value is not None) == self.wanted)

    def _judge(self, value: int | str, scope: Scope) -> MatchVerdict:
        return _verdict(self.wanted)

    def _text(self, scope: Scope) -> str:
        return "present" if self.wanted else "absent"


@dataclass(frozen=True, slots=True)
class Variable(Matcher):
    """`$name`: any of the values that the name has for this packet."""

    about: str  # the field that it is compared with
    path: str

    def _judge(self, value: int | str, scope: Scope) -> MatchVerdict:
        wanted = scope.variable(self.path, self.about)
        return _verdict(any(equal(value, each) for each in wanted)) if wanted else MatchVerdict.NOT_EVALUABLE

    def _text(self, scope: Scope) -> str:
        wanted = scope.variable(self.path, self.about) or ()
        texts = [scope.text(self.about, each) for each in wanted[:MAX_LISTED_VALUES]]
        return OR.join(texts + ["…"] * (len(wanted) > MAX_LISTED_VALUES)) or f"${self.path}"


@dataclass(frozen=True, slots=True)
class Earlier(Matcher):
    """`{hop: previous, minus: N | $routed}`: the value at the hop before, less N."""

    about: str
    minus: int | None  # None: the routed marks between the two hops

    def _judge(self, value: int | str, scope: Scope) -> MatchVerdict:
        before, steps = scope.previous(self.about), self._steps(scope)
        if not isinstance(value, int) or before is None or steps is None:
            return MatchVerdict.NOT_JUDGED
        fewest, most = steps
        falls = [each - value for each in before]
        return _verdict(any(fewest <= fall and (most is None or fall <= most) for fall in falls))

    def _text(self, scope: Scope) -> str:
        before, steps = scope.previous(self.about), self._steps(scope)
        if before is None or steps is None:
            return "the value at the previous hop"
        texts = [self._range(scope, each, *steps) for each in sorted(set(before))]
        return OR.join(dict.fromkeys(texts))

    def _steps(self, scope: Scope) -> tuple[int, int | None] | None:
        return scope.routed if self.minus is None else (self.minus, self.minus)

    def _range(self, scope: Scope, before: int, fewest: int, most: int | None) -> str:
        highest = scope.text(self.about, before - fewest)
        if most is None:
            return f"at most {highest}"
        return highest if most == fewest else f"{scope.text(self.about, before - most)}..{highest}"


@dataclass(frozen=True, slots=True)
class Other(Matcher):
    """`{field: name, minus: N}`: another field of the same packet, less N."""

    about: str
    name: str
    minus: int

    def _judge(self, value: int | str, scope: Scope) -> MatchVerdict:
        other = scope.field(self.name)
        return MatchVerdict.NOT_JUDGED if other is None else _verdict(value == other - self.minus)

    def _text(self, scope: Scope) -> str:
        other = scope.field(self.name)
        name = f"{self.name} less {self.minus}" if self.minus else self.name
        return name if other is None else f"{scope.text(self.about, other - self.minus)} ({name})"


@dataclass(frozen=True, slots=True)
class Bits(Matcher):
    """`{bits: 8..31, is: …}`: some bits of a number, counted from the lowest, which is 0."""

    lowest: int
    highest: int
    part: Matcher

    def _judge(self, value: int | str, scope: Scope) -> MatchVerdict:
        if not isinstance(value, int):
            return MatchVerdict.NOT_JUDGED
        return self.part.judge((value >> self.lowest) & ((1 << self.highest - self.lowest + 1) - 1), scope)

    def _text(self, scope: Scope) -> str:
        return f"{self.part.expected_text(scope)} in bits {self.lowest} to {self.highest}"

    def _parts(self) -> tuple[Matcher, ...]:
        return (self.part,)


def select(matchers: Mapping[str, Matcher], seen: Callable[[str], Seen], scope: Scope) -> MatchVerdict:
    """Return whether `when` selects a packet: all keys hold, and an absent field does not match."""
    return _all(matcher.judge(seen(name), scope) for name, matcher in matchers.items())


def _all(verdicts: Iterable[MatchVerdict]) -> MatchVerdict:
    found = set(verdicts)
    if MatchVerdict.BROKEN in found or MatchVerdict.NOT_JUDGED in found:
        return MatchVerdict.BROKEN
    return MatchVerdict.NOT_EVALUABLE if MatchVerdict.NOT_EVALUABLE in found else MatchVerdict.HOLDS


def _verdict(holds: bool) -> MatchVerdict:
    return MatchVerdict.HOLDS if holds else MatchVerdict.BROKEN


def equal(value: Value, wanted: Value) -> bool:
    """Say whether a value is the wanted one, or lies in the wanted range."""
    if isinstance(wanted, Span):
        return value == wanted or (isinstance(value, int) and wanted.low <= value <= wanted.high)
    return value == wanted
