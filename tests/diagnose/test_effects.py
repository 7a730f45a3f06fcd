"""Whose further troubles a cause explains."""

from dataclasses import replace

import pytest
from scene import scene

from pcapcheck.diagnose.cause import load_causes
from pcapcheck.diagnose.claim import Claim
from pcapcheck.diagnose.effects import explained_by
from pcapcheck.diagnose.fact import Fact
from profiles import CACHE, DB, WEB, flannel
from sample import both_ways

CAUSE = next(each for each in load_causes() if each.id == "vni-mismatch")


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    talks = [*both_ways(WEB, DB), *both_ways(WEB, CACHE, 1.3), *both_ways(DB, CACHE, 2.6)]
    return scene(tmp_path_factory.mktemp("scene"), talks, lambda: flannel(nodes=3))


def claim(case, explains, **changes):
    flow = next(
        row for row in case.directions if (row["source_node"], row["destination_node"]) == ("node1", "node2")
    )
    about = {"sender": "node1", "receiver": "node2", "field": "vxlan.vni", "at": "uplink"}
    fact = Fact("header_contradiction", "", frozenset([flow["flow"]]), (), 2, about)
    return Claim(replace(CAUSE, explains=explains, **changes), (fact,))


def pairs(case, flows):
    rows = [row for row in case.directions if row["flow"] in flows and row["client"]]
    return {frozenset((row["source_node"], row["destination_node"])) for row in rows}


def test_flows_are_those_of_its_facts(case):
    assert len(explained_by([claim(case, "flows")], case)) == 1


def test_a_pair_is_all_traffic_between_two_nodes(case):
    assert pairs(case, explained_by([claim(case, "pair")], case)) == {frozenset(("node1", "node2"))}


def test_a_node_is_all_traffic_from_and_to_it(case):
    found = pairs(case, explained_by([claim(case, "node")], case))
    assert found == {frozenset(("node1", "node2")), frozenset(("node1", "node3"))}


def test_information_explains_nothing(case):
    assert explained_by([claim(case, "node", information=True)], case) == frozenset()
