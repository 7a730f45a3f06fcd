"""The tests of rules: which there are, what they change, and what came out."""

import pytest
from packets import block, eth, ip, udp, vxlan

from pcapcheck.check.extend import extend
from pcapcheck.check.finding import Coverage
from pcapcheck.check.rulefile import read_rule_file
from pcapcheck.check.ruletest import RuleTestCase, cases, changed, outcome
from pcapcheck.decode.columns import column
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table
from pcapcheck.documents.document import Document
from pcapcheck.errors import InputError
from pcapcheck.topology.topology import CapturePoint, Node, Pod, Role, Topology

FILE = """
profile: demo
title: Demo
decode_as: [{udp.port: 8472, as: vxlan}]
rules:
  - id: demo/ttl
    title: T
    at: uplink
    side: source
    form: vxlan
    expect: {ip.ttl: 64}
    because: why
    fix: how
    references: [RFC 1]
    tests:
      - {capture: samples/demo, outcome: pass}
      - {capture: samples/demo, change: {ip.ttl: 7}, outcome: fail}
  - {id: kubernetes/x, title: T, assert: once, because: why, fix: how, references: [c]}
"""
PROFILE = extend([read_rule_file(Document.parse(FILE, "demo.yaml"))])
TOPOLOGY = Topology(
    nodes={name: Node(name, (address,)) for name, address in (("node1", "10.0.0.1"), ("node2", "10.0.0.2"))},
    pods={
        "a": Pod("a", "node1", ("10.244.0.5",)),
        "b": Pod("b", "node2", ("10.244.1.6",)),
    },
)
UPLINK = CapturePoint("node1", "eth0", Role.UPLINK)


def packet(src, dst):
    return eth(ip(udp(vxlan(eth(ip(udp(b"", sport=5, dport=6), src=src, dst=dst)))), ttl=64))


OUT, IN = packet("10.244.0.5", "10.244.1.6"), packet("10.244.1.6", "10.244.0.5")
PLAIN = eth(ip(udp(b"", sport=5, dport=6), src="10.244.0.5", dst="10.244.1.6"))


def ttls(point, case):
    after = changed(block(OUT, IN, PLAIN), case, PROFILE, topology=TOPOLOGY, point=point)
    return column(find_layers(after, dissector_table()), "ip.ttl").tolist()


CASE = list(cases(PROFILE))[1]


def test_cases_are_those_of_the_profiles_own_rules():
    assert [(case.rule.id, case.test.outcome) for case in cases(PROFILE)] == [
        ("demo/ttl", "pass"),
        ("demo/ttl", "fail"),
    ]


def test_cases_may_be_chosen_by_rule():
    assert list(cases(PROFILE, ["kubernetes/x"])) == []


def test_only_packets_of_the_side_and_form_are_changed():
    assert ttls(UPLINK, CASE) == [7, 64, 64]


@pytest.mark.parametrize("point", [None, CapturePoint("node1", "cni0", Role.BRIDGE)])
def test_other_points_are_left_alone(point):
    assert ttls(point, CASE) == [64, 64, 64]


def test_test_may_have_roles_of_its_own():
    test = CASE.test.__class__("samples/demo", "fail", {"ip.ttl": 7}, ("bridge",))
    assert ttls(CapturePoint("node1", "cni0", Role.BRIDGE), RuleTestCase(CASE.rule, test)) == [7, 64, 64]


def test_change_to_something_that_is_no_value_is_an_error():
    test = CASE.test.__class__("samples/demo", "fail", {"ip.ttl": [1, 2]})
    with pytest.raises(InputError, match="cannot be written into"):
        ttls(UPLINK, RuleTestCase(CASE.rule, test))


@pytest.mark.parametrize(
    ("findings", "said"),
    [({"demo/a"}, "fail"), (set(), "pass")],
)
def test_judged_rule_passes_or_fails(findings, said):
    coverage = Coverage({"demo/a": 3}, {}, {}, ())
    assert outcome("demo/a", findings, coverage) == said


def test_rule_that_was_not_judged_says_so():
    coverage = Coverage({}, {"demo/a": "no packet"}, {"demo/b": "$vni"}, ())
    assert [outcome(name, (), coverage) for name in ("demo/a", "demo/b", "demo/c")] == [
        "not_exercised",
        "not_evaluable",
        "not_exercised",
    ]
