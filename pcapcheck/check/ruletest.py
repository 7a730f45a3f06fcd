"""The tests of rules: which samples they change and how, and what a rule said about each.

Captures are read and checked by `commands/rules.py`, not here.
"""

from collections.abc import Collection, Iterator
from typing import NamedTuple

import numpy as np

from pcapcheck.capture.arrays import Bools
from pcapcheck.capture.block import Block
from pcapcheck.check.finding import Coverage
from pcapcheck.check.matchers import Literal
from pcapcheck.check.profile import Profile
from pcapcheck.check.rewrite import rewrite
from pcapcheck.check.rule import Rule, RuleTest
from pcapcheck.check.rulereader import read
from pcapcheck.decode.columns import column
from pcapcheck.decode.layers import Layers, find_layers
from pcapcheck.decode.registry import dissector_table
from pcapcheck.decode.stack import form
from pcapcheck.documents.values import address_text
from pcapcheck.topology.owners import Owners
from pcapcheck.topology.topology import CapturePoint, Topology


class RuleTestCase(NamedTuple):
    """One test of one rule."""

    rule: Rule
    test: RuleTest


def cases(profile: Profile, rule_ids: Collection[str] = ()) -> Iterator[RuleTestCase]:
    """Yield the tests of a profile's own rules, or of the rules that are named."""
    for rule in profile.rules:
        if rule.id in rule_ids if rule_ids else rule.id.partition("/")[0] == profile.name:
            yield from (RuleTestCase(rule, test) for test in rule.tests)


def outcome(rule_id: str, findings: Collection[str], coverage: Coverage) -> str:
    """Return what a rule said: pass, fail, not_exercised or not_evaluable.

    Args:
        rule_id: the rule.
        findings: ids of the rules that were broken.
        coverage: of the same run.
    """
    if rule_id in findings:
        return "fail"
    if rule_id in coverage.exercised:
        return "pass"
    return "not_evaluable" if rule_id in coverage.not_evaluable else "not_exercised"


def changed(
    block: Block, case: RuleTestCase, profile: Profile, *, topology: Topology, point: CapturePoint | None
) -> Block:
    """Return a block of a sample as the test wants it: fields rewritten where the rule looks.

    Raises:
        InputError: a value is no number or address.
    """
    roles = case.test.at or case.rule.at
    if point is None or str(point.role) not in roles:
        return block
    layers = find_layers(block, dissector_table(profile.dissectors(), by_content=True))
    rows = np.flatnonzero(_at_side(layers, case.rule.side, topology, point) & _in_form(layers, case.rule))
    return rewrite(block, layers, _numbers(case), rows.tolist())


def _numbers(case: RuleTestCase) -> dict[str, int]:
    numbers = {}
    for field, data in case.test.change.items():
        matcher = read(field, data, case.rule.place)
        if not isinstance(matcher, Literal) or not isinstance(matcher.wanted, int):
            what = f"`{data}` cannot be written into `{field}`"
            raise case.rule.place.error(what, "give one number or address")
        numbers[field] = matcher.wanted
    return numbers


def _in_form(layers: Layers, rule: Rule) -> Bools:
    forms = [not rule.form or form(stack) in rule.form for stack in layers.stacks]
    return np.array(forms, np.bool_)[layers.stack]


def _at_side(layers: Layers, side: str | None, topology: Topology, point: CapturePoint) -> Bools:
    """Say which packets come from, or go to, an address of the point's node: bool (n,)."""
    if side is None:
        return np.ones(len(layers.block), np.bool_)
    end = "src" if side == "source" else "dst"
    owners = Owners(topology)
    four = column(layers, f"inner.ip.{end}").tolist()
    six = column(layers, f"inner.ipv6.{end}").tolist()
    nodes = [_node(owners, each) for each in zip(four, six, strict=True)]
    return np.array([node == point.node for node in nodes], np.bool_)


def _node(owners: Owners, addresses: tuple[int | None, int | None]) -> str | None:
    """Return the node of an IPv4 or IPv6 address."""
    texts = [
        address_text(version, each)
        for version, each in zip((4, 6), addresses, strict=True)
        if each is not None
    ]
    return owners.node_of(texts[-1]) if texts else None
