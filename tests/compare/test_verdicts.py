"""Findings, rules and flows of two sets."""

from looks import look

from pcapcheck.compare.verdicts import finding_changes, flow_changes, rule_changes

GOOD, BAD = "flannel-vxlan", "flannel-vxlan-vni-mismatch"


def results(good=GOOD, bad=BAD):
    return look(good).report, look(bad).report


def test_new_findings_are_told_by_rule_and_node():
    found = [(each.rule, each.role, each.only_in) for each in finding_changes(*results())]
    assert ("flannel-vxlan/vni", "uplink", "bad") in found


def test_findings_that_are_gone_are_told_too():
    assert {each.only_in for each in finding_changes(*results(BAD, GOOD))} == {"good"}


def test_rule_that_is_no_longer_exercised_says_why():
    changes = {each.rule: each for each in rule_changes(*results())}
    assert changes["pod-bridge/delivered-to-the-pod"].only_in == "good"
    assert changes["pod-bridge/delivered-to-the-pod"].reason


def test_flows_are_the_same_whatever_their_client_ports():
    assert list(flow_changes(*results(GOOD, GOOD))) == []
