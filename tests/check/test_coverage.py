from dataclasses import replace

import pytest
from clusters import hop
from networks import ask, carried, network, rule

from pcapcheck.check.checker import Judged
from pcapcheck.check.coverage import coverage_of, hops_without_capture
from pcapcheck.correlate.paths import PathHop

SEEN = {"pod1": [ask()], "node1 eth0": [carried(ask(63))]}


def covered(**found):
    """Return the coverage of one rule that found this."""
    usual = {"findings": (), "directions": (), "packets": 0, "unknown": (), "selected": 0}
    about = rule(at=("uplink", "vtep"), who=("pod-to-pod",), where=("cross-node",))
    return coverage_of([Judged(about, **usual | found)], network(SEEN))


def test_a_rule_that_judged_packets_is_exercised():
    assert covered(packets=3, selected=3, unknown=("$a",)).exercised == {"demo/one": 3}


def test_a_rule_without_values_is_not_evaluable_and_never_passed():
    found = covered(selected=3, unknown=("$a", "$b"))
    assert found.not_evaluable == {"demo/one": "no value for $a, $b"}
    assert (found.exercised, found.not_exercised) == ({}, {})


@pytest.mark.parametrize(
    ("selected", "why"),
    [
        (3, "no packet had the fields that the rule checks"),
        (0, "no pod-to-pod or cross-node traffic was seen at uplink or vtep"),
    ],
)
def test_a_rule_that_nothing_exercised_says_why(selected, why):
    assert covered(selected=selected).not_exercised == {"demo/one": why}


def test_a_rule_about_anything_says_that_nothing_was_seen():
    idle = Judged(rule(), (), (), 0, (), 0)
    assert coverage_of([idle], network(SEEN)).not_exercised == {"demo/one": "no such traffic was seen"}


def test_hops_of_expected_paths_where_nobody_looked_are_named_once():
    told = [(each.node, each.interface, each.role) for each in hops_without_capture(network(SEEN))]
    assert len(told) == len(set(told)) == 8
    assert told[:3] == [
        ("node1", "cni0", "bridge"),
        ("node1", "veth1", "veth"),
        ("node1", "flannel.1", "vtep"),
    ]


def test_hops_that_need_not_be_crossed_are_not_missed():
    path = (hop("pod", "source"), PathHop("bridge", "source", optional=True), hop("pod", "destination"))
    seen = network({"pod1": [ask()]}, paths=lambda who, where: path)
    assert [each.role for each in hops_without_capture(seen)] == ["pod"]


def test_without_packets_no_hop_was_expected():
    nothing = replace(network(SEEN), variants=network(SEEN).variants.clear())
    assert hops_without_capture(nothing) == ()
