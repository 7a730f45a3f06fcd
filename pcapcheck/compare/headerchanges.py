"""Header changes: fields that have values in one set of captures which they do not have in the other."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pcapcheck.check.finding import Frame
from pcapcheck.check.rulecontext import RuleContext
from pcapcheck.compare.difference import HeaderChange
from pcapcheck.compare.side import Side
from pcapcheck.observe.kinds import FORM, STACK, PacketKind, rows_of_kinds
from pcapcheck.observe.naming import Namer
from pcapcheck.observe.wording import ObservedCase, cases

MAX_EXAMPLE_FRAMES = 3  # one a node, of the nodes that have a value


@dataclass(slots=True)
class SeenValue:
    """Where one value of a field was seen, and how often."""

    packets: int = 0
    frames: dict[str, Frame] = field(default_factory=dict)  # node -> the first frame there


ValuesByField = Mapping[tuple[PacketKind, str], Mapping[str, SeenValue]]


def header_changes(good: Side, bad: Side) -> Iterator[HeaderChange]:
    """Yield the changes of traffic that both sets have, at hops that both have."""
    before, after = _values(good), _values(bad)
    for key in sorted({*before, *after}):
        if key in before and key in after:
            yield from _change(key, before[key], after[key])


def _values(side: Side) -> ValuesByField:
    """Return the values of each field, as text, and the forms of each hop."""
    namer = Namer(RuleContext(side.network, side.profile), side.network.owners)
    found: defaultdict[tuple[PacketKind, str], dict[str, SeenValue]] = defaultdict(dict)
    for case in cases(rows_of_kinds(side.network)):
        name = case.value if isinstance(case.value, str) else namer.named(case.row, case.field, case.value)
        _add(found[case.kind, case.field.name], name, case, side)
        if case.field.name == STACK:
            _add(found[case.kind._replace(form=""), FORM], case.kind.form, case, side)
    return found


def _add(values: dict[str, SeenValue], name: str, case: ObservedCase, side: Side) -> None:
    value = values.setdefault(name, SeenValue())
    value.packets += case.packets
    value.frames.setdefault(case.node or "", Frame(side.network.files[case.file], case.frame))


def _change(
    key: tuple[PacketKind, str], before: Mapping[str, SeenValue], after: Mapping[str, SeenValue]
) -> Iterator[HeaderChange]:
    kind, name = key
    if name == STACK:
        families = set(map(_family, before)) & set(map(_family, after))
        before, after = (
            {stack: value for stack, value in values.items() if _family(stack) in families}
            for values in (before, after)
        )
    good, bad = sorted(set(before) - set(after)), sorted(set(after) - set(before))
    if not good and not bad:
        return
    only = [after[each] for each in bad] or [before[each] for each in good]
    frames = {node: frame for value in only for node, frame in sorted(value.frames.items())}
    yield HeaderChange(
        **kind._asdict(),
        field=name,
        both=tuple(sorted(set(before) & set(after))),
        good=tuple(good),
        bad=tuple(bad),
        nodes=tuple(sorted(node for node in frames if node)),
        packets=sum(value.packets for value in only),
        frames=tuple(frames.values())[:MAX_EXAMPLE_FRAMES],
    )


def _family(stack: str) -> str:
    """Return ip or ipv6: which one a flow uses is not a property of the network."""
    return stack.rpartition(":")[2]
