"""The context of a packet that a rule judges: parameters, ends of its flow, interface, hop before.

A `View` of one combination of values is the `Scope` that matchers ask.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

import polars as pl

from pcapcheck.check.matchers import Seen, Value
from pcapcheck.check.profile import Profile
from pcapcheck.check.rule import Rule
from pcapcheck.collect.variants import LOW
from pcapcheck.correlate.network import Network
from pcapcheck.correlate.paths import Decrement
from pcapcheck.decode.columns import kind_of
from pcapcheck.documents import values
from pcapcheck.documents.values import Span
from pcapcheck.topology.names import Names

TEXTS: Final = ("form", "stack")
STEP_OF_DIRECTION: Final = ("direction", "step")
# Columns with these before a field's name have its value at the hop before, or its values if it had several.
BEFORE: Final = "before "
SEVERAL_BEFORE: Final = "several before "


class RuleContext:
    """The network around packets, for the rules of one profile."""

    def __init__(self, network: Network, profile: Profile) -> None:
        self.network = network
        self.profile = profile
        self._cluster: dict[tuple[str, str], tuple[Value, ...]] = {}
        self.names = Names(network.topology, profile.value(profile.traits.gateway_mac))

    def view(self, row: Mapping[str, Any], names: Sequence[str]) -> "View":
        """Return the view of one row of distinct values."""
        return View(self, row, names)

    def of_cluster(self, rest: str, kind: str) -> tuple[Value, ...]:
        """Return the values of `$cluster.<rest>` that fit a field of this kind."""
        if (rest, kind) not in self._cluster:
            self._cluster[rest, kind] = fitting(self.names.of_cluster(rest), kind)
        return self._cluster[rest, kind]

    def with_hop_before(self, rows: pl.DataFrame, fields: Sequence[str], *, routed: bool) -> pl.DataFrame:
        """Add the columns to variants that `View.previous` and `View.routed` read.

        Args:
            rows: variants with direction and step.
            fields: those whose values are asked for.
            routed: routed marks are asked for.
        """
        for field in fields:
            rows = rows.join(
                self._values_before(field), on=STEP_OF_DIRECTION, how="left", maintain_order="left"
            )
        if routed:
            rows = rows.join(self._marks_since(), on=STEP_OF_DIRECTION, how="left", maintain_order="left")
        return rows

    @cached_property
    def _earlier(self) -> pl.DataFrame:
        """Return the nearest earlier captured step of each captured step: direction, step, earlier."""
        watched = self.network.watched.select("direction", "step", "rank")
        last = watched.select("direction", pl.col("rank") + 1, pl.col("step").alias("earlier"))
        return watched.join(last, on=["direction", "rank"]).drop("rank")

    def _values_before(self, field: str) -> pl.DataFrame:
        """Return the values of a field that a direction had at the captured step before."""
        variants = self.network.variants
        words = [name for name in (field, field + LOW) if name in variants.columns]
        if not words:
            return self._earlier.select(*STEP_OF_DIRECTION, pl.lit(None).alias(BEFORE + field))
        distinct = variants.drop_nulls([field, "step"]).select(*STEP_OF_DIRECTION, *words).unique()
        told = distinct.with_columns(pl.len().over(STEP_OF_DIRECTION).alias("values"))
        one = told.filter(pl.col("values") == 1).select(
            *STEP_OF_DIRECTION, *(pl.col(w).alias(BEFORE + w) for w in words)
        )
        parts = [one]
        if len(one) < len(distinct):
            several = told.filter(pl.col("values") > 1)
            parts.append(
                several.group_by(STEP_OF_DIRECTION).agg(pl.struct(words).sort().alias(SEVERAL_BEFORE + field))
            )
        before = self._earlier
        for part in parts:
            before = before.join(
                part, left_on=["direction", "earlier"], right_on=STEP_OF_DIRECTION, how="left"
            )
        return before.drop("earlier")

    def _marks_since(self) -> pl.DataFrame:
        """Return by how much the TTL falls since that step: fewest, most (null: any)."""
        unbounded = pl.col("most").is_null().cast(pl.Int64).alias("any")
        marks = self.network.steps.select(
            "path", "step", "fewest", pl.col("most").fill_null(0), unbounded
        ).with_columns(pl.col("fewest", "most", "any").cum_sum().over("path"))
        told = self._earlier.join(self.network.directions.select("direction", "path"), on="direction")
        both = told.join(marks, on=["path", "step"]).join(
            marks, left_on=["path", "earlier"], right_on=["path", "step"], suffix="_before"
        )
        fell = {name: pl.col(name) - pl.col(f"{name}_before") for name in ("fewest", "most", "any")}
        most = pl.when(fell["any"] == 0).then(fell["most"])
        return both.select(*STEP_OF_DIRECTION, fewest=fell["fewest"], most=most)


class View:
    """One distinct combination of values, and the context in which it is judged.

    It records the names that a matcher asked for and that have no value.
    """

    def __init__(self, around: RuleContext, row: Mapping[str, Any], names: Sequence[str]) -> None:
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
        fewest = self._row.get("fewest")
        return None if fewest is None else (fewest, self._row["most"])

    def previous(self, field: str) -> tuple[int, ...] | None:
        """See `Scope.previous`."""
        several = self._row.get(SEVERAL_BEFORE + field)
        if several is not None:
            return tuple(_joined(list(words.values())) for words in several)
        names = (BEFORE + field, BEFORE + field + LOW)
        words = [self._row[name] for name in names if self._row.get(name) is not None]
        return (_joined(words),) if words else None

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
            return self._around.of_cluster(rest, kind_of(field))
        elif subject == "here":
            found = names.of_point(self._point(), rest)
        elif subject in ("previous", "next"):
            found = names.of_point(self._beside(subject), rest)
        return fitting(found, kind_of(field))

    def _point(self) -> tuple[str | None, str] | None:
        number = self._row.get("point")
        point = self._around.network.capture_points[number] if isinstance(number, int) else None
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
