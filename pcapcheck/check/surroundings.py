"""What surrounds a packet that a rule judges.

Parameters, the ends of its flow, the interface, the hop before.

Takes the network and a profile, gives a `View` of one combination of values: the `Scope` that matchers ask.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from pcapcheck import values
from pcapcheck.check.matchers import Seen, Value
from pcapcheck.check.profile import Profile
from pcapcheck.check.rule import Rule
from pcapcheck.correlate.network import Network
from pcapcheck.correlate.paths import Decrement
from pcapcheck.correlate.variants import LOW
from pcapcheck.decode.columns import kind_of
from pcapcheck.topology.names import Names
from pcapcheck.values import Span

TEXTS: Final = ("form", "stack")


class Surroundings:
    """The network around packets, for the rules of one profile."""

    def __init__(self, network: Network, profile: Profile) -> None:
        self.network = network
        self.profile = profile
        self.names = Names(network.topology, profile.value(profile.traits.gateway_mac))
        self._before: dict[str, dict[tuple[int, int], tuple[int, ...]]] = {}
        self._rank = {
            (row[0], row[1]): row[2]
            for row in network.watched.select("direction", "step", "rank").iter_rows()
        }
        self._step = {
            (row[0], row[1]): row[2]
            for row in network.watched.select("direction", "rank", "step").iter_rows()
        }

    def view(self, row: Mapping[str, Any], names: Sequence[str]) -> "View":
        """Return the view of one row of distinct values."""
        return View(self, row, names)

    def earlier(self, direction: int, step: int) -> int | None:
        """Return the nearest earlier watched step of a direction where it was seen."""
        rank = self._rank.get((direction, step))
        return None if not rank else self._step[direction, rank - 1]

    def routed(self, direction: int, earlier: int, step: int) -> Decrement:
        """Return by how much the TTL falls between two steps."""
        path = self.network.paths[self.network.directions["path"][direction]]
        marks = [hop.routed for hop in path[earlier + 1 : step + 1]]
        most = None if any(high is None for _, high in marks) else sum(high or 0 for _, high in marks)
        return sum(low for low, _ in marks), most

    def values_at(self, direction: int, step: int, field: str) -> tuple[int, ...] | None:
        """Return the values of a field that a direction had at a step."""
        if field not in self._before:
            self._before[field] = self._collect(field)
        return self._before[field].get((direction, step))

    def _collect(self, field: str) -> dict[tuple[int, int], tuple[int, ...]]:
        if field not in self.network.variants.columns:
            return {}
        low = [field + LOW] if field + LOW in self.network.variants.columns else []
        seen = (
            self.network.variants.drop_nulls([field, "step"])
            .select("direction", "step", field, *low)
            .unique()
        )
        found: dict[tuple[int, int], set[int]] = {}
        for direction, step, *words in seen.iter_rows():
            found.setdefault((direction, step), set()).add(_joined(words))
        return {key: tuple(sorted(each)) for key, each in found.items()}


class View:
    """One distinct combination of values, and what surrounds it.

    What a matcher asks for and does not get is remembered.
    """

    def __init__(self, around: Surroundings, row: Mapping[str, Any], names: Sequence[str]) -> None:
        self._around = around
        self._row = row
        self._names = names
        self.unknown: set[str] = set()
        self.broken: tuple[str, ...] = ()

    def seen(self, name: str) -> Seen:
        """Return the packet's value of a field, or the text of form or stack."""
        return str(self._row[name]) if name in TEXTS else self.field(name)

    def field(self, name: str) -> int | None:
        """Return a field of the packet; None if it has none."""
        value = self._row.get(name)
        if value is None:
            return None
        return _joined([value, self._row[name + LOW]]) if name + LOW in self._row else int(value)

    @property
    def routed(self) -> Decrement | None:
        """See `Scope.routed`."""
        earlier = self._earlier()
        return (
            None
            if earlier is None
            else self._around.routed(self._row["direction"], earlier, self._row["step"])
        )

    def previous(self, field: str) -> tuple[int, ...] | None:
        """See `Scope.previous`."""
        earlier = self._earlier()
        return None if earlier is None else self._around.values_at(self._row["direction"], earlier, field)

    def _earlier(self) -> int | None:
        direction, step = self._row.get("direction"), self._row.get("step")
        return None if direction is None or step is None else self._around.earlier(direction, step)

    def variable(self, path: str, field: str) -> tuple[Value, ...] | None:
        """See `Scope.variable`."""
        found = (
            self._parameter(path)
            if "." not in path and path in self._around.profile.parameters
            else self._named(path, field)
        )
        if not found:
            self.unknown.add(f"${path}")
        return found or None

    def _parameter(self, name: str) -> tuple[Value, ...]:
        return self._around.profile.values(name)

    def _named(self, path: str, field: str) -> tuple[Value, ...]:
        subject, _, rest = path.partition(".")
        names = self._around.names
        found: Iterable[object] = ()
        if subject in ("source", "destination"):
            found = names.of_address(self._row.get(f"{subject}_end"), rest)
        elif subject == "cluster":
            found = names.of_cluster(rest)
        elif subject == "here":
            found = names.of_point(self._point(), rest)
        elif subject in ("previous", "next"):
            found = names.of_point(self._beside(subject), rest)
        return fitting(found, kind_of(field))

    def _point(self) -> tuple[str | None, str] | None:
        number = self._row.get("point")
        point = self._around.network.points[number] if isinstance(number, int) else None
        return (point.node, point.interface) if point else None

    def _beside(self, subject: str) -> tuple[str | None, str] | None:
        direction, step = self._row.get("direction"), self._row.get("step")
        if direction is None or step is None:
            return None
        path = self._around.network.paths[self._around.network.directions["path"][direction]]
        position = step + (1 if subject == "next" else -1)
        if not 0 <= position < len(path):
            return None
        return path[position].node, path[position].interfaces[0]

    def text(self, field: str, value: Value) -> str:
        """See `Scope.text`."""
        return written_for(field, value)

    def message(self, rule: Rule) -> tuple[dict[str, str], dict[str, str], str]:
        """Return expected and actual of the failing keys, and the sentence for readers."""
        keys = tuple(rule.when) if rule.never else self.broken
        expected = {name: "never" if rule.never else rule.expect[name].expected_text(self) for name in keys}
        actual = {name: self._actual(name) for name in keys}
        said = ", ".join(f"{name} is {actual[name]}, expected {expected[name]}" for name in keys)
        return expected, actual, f"{rule.title}: {said}"

    def _actual(self, name: str) -> str:
        value = self.seen(name)
        return "absent" if value is None else self.text(name, value)


def fitting(found: Iterable[object], kind: str) -> tuple[Value, ...]:
    """Return what fits a field of this kind: MACs as numbers, addresses of its family, whole numbers."""
    fits: list[Value] = []
    for each in found:
        if isinstance(each, Span):
            fits += [each] if values.BITS.get(kind) == each.bits else []
        elif isinstance(each, int) and not isinstance(each, bool):
            fits.append(each)
        elif isinstance(each, str):
            try:
                fits.append(values.parse(kind, each.split("/")[0]))
            except ValueError:
                continue
    return tuple(dict.fromkeys(fits))


def _joined(words: Sequence[Any]) -> int:
    """Return one number of one or two 64-bit words."""
    return int(words[0]) if len(words) == 1 else int(words[0]) << 64 | int(words[1])


def written_for(field: str, value: Value) -> str:
    """Return a value as people write it for a field."""
    if isinstance(value, str):
        return value
    if not isinstance(value, int):
        return values.cidr_text(value) if value.bits else f"{value.low}..{value.high}"
    kind = kind_of(field)
    return values.written(kind, value) if kind in ("mac", "ipv4", "ipv6") else str(value)
