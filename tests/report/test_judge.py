from dataclasses import replace

import pytest
from clusters import cluster
from networks import OUTSIDE, POD1, answer, ask, carried, rule, said
from readings import assembled

from pcapcheck.check.choice import Chosen, Used
from pcapcheck.check.finding import Finding, Hop, Severity
from pcapcheck.check.matchers import Literal
from pcapcheck.check.profile import Profile
from pcapcheck.diagnose.diagnosis import Diagnosis
from pcapcheck.report.judge import JudgeOptions, captures_used, coarse_points, judge, verdict_of
from pcapcheck.report.report import CaptureUsed
from pcapcheck.topology.topology import Expectation

VNI = rule(at=("uplink",), expect={"vxlan.vni": Literal(1, "1")})
UPLINK = "node1_eth0.pcap"
USED = CaptureUsed(
    "x",
    node="n1",
    interface="eth0",
    role="uplink",
    pod=None,
    packets=1,
    truncated=False,
    dropped=None,
    gaps=0,
    clock="us",
    error=None,
)


def judged(folder, packets, *rules, fail_on=Severity.ERROR, topology=None, own=True, name=UPLINK):
    """Return the result of a profile with these rules."""
    placed, network = assembled(folder, {name: packets}, topology)
    ids = frozenset(each.id for each in rules) if own else frozenset()
    profile = Profile("demo", "Demo", rules=rules, own_rules=ids)
    chosen = Chosen((profile,), (Used("demo", 1.0, "named"),), ("a note",))
    return judge(network, placed, JudgeOptions(chosen, fail_on))


def test_kept_promises_of_the_profile_are_conformant(tmp_path):
    found = judged(tmp_path, [carried(ask(63)), carried(answer(63))], VNI)
    assert (found.verdict, found.findings, found.diagnoses) == ("conformant", (), ())
    assert found.coverage.exercised == {"demo/one": 2}
    assert found.rules["demo/one"].title == "One"
    assert (found.profiles[0].name, found.notes) == ("demo", ("a note",))


@pytest.mark.parametrize(
    ("rules", "own"),
    [
        ((), True),
        ((VNI,), False),
        ((replace(VNI, severity=Severity.WARNING),), True),
        ((replace(VNI, at=("pod",)),), True),
    ],
    ids=["no rule", "only shared rules", "only warnings", "not exercised"],
)
def test_without_a_judged_error_rule_of_the_profile_nothing_is_conformant(tmp_path, rules, own):
    assert judged(tmp_path, [carried(ask(63))], *rules, own=own).verdict == "inconclusive"


def test_a_broken_promise_is_a_violation_from_the_severity_that_fails(tmp_path):
    packets = [carried(ask(63), vni=7)] * 2
    assert judged(tmp_path, packets, VNI).verdict == "violations"
    mild = replace(VNI, severity=Severity.WARNING)
    assert judged(tmp_path, packets, mild, fail_on=Severity.WARNING).verdict == "violations"


def test_rules_that_their_parameters_switch_off_are_not_judged(tmp_path):
    off = replace(VNI, given={"masquerade": (1,)})
    assert judged(tmp_path, [carried(ask(63))], off).coverage.exercised == {}


def expecting(what):
    return cluster(traffic=(Expectation("default/pod1", "default/pod2", "tcp", 80, what),))


def test_what_is_meant_to_be_blocked_is_not_judged_but_shown(tmp_path):
    found = judged(tmp_path, [carried(ask(63), vni=7)] * 2, VNI, topology=expecting("blocked"))
    assert (found.findings, len(found.flows)) == ((), 1)


def test_what_should_happen_and_does_not_is_a_finding_of_the_topology(tmp_path):
    found = judged(tmp_path, [carried(ask(63))], VNI, topology=expecting("ok"))
    assert [each.rule for each in found.findings] == ["topology/traffic"]
    assert "topology/traffic" in found.rules


def test_what_nobody_could_see_leaves_it_open(tmp_path):
    found = judged(tmp_path, [carried(said(POD1, OUTSIDE, 63))], VNI, topology=expecting("ok"))
    assert found.verdict == "inconclusive"
    assert "its source was not captured then" in found.notes[-1]


def finding(severity):
    return Finding("a", severity, Hop(None, "", "any", "plain"), "", (), 1, 1, {}, {}, "")


def cause(**more):
    return Diagnosis("a", 1.0, "", "", "", None, None, (), **more)


@pytest.mark.parametrize(
    ("findings", "causes", "fail_on", "checked", "verdict"),
    [
        ([], [], "error", True, "conformant"),
        ([], [], "error", False, "inconclusive"),
        (["warning"], [], "error", True, "conformant"),
        (["warning"], [], "warning", True, "violations"),
        (["warning"], [], "info", False, "violations"),
        (["error"], [], "error", False, "violations"),
        ([], [cause()], "error", True, "violations"),
        ([], [cause(information=True)], "error", True, "conformant"),
    ],
)
def test_violations_outweigh_all(findings, causes, fail_on, checked, verdict):
    broken = [finding(Severity(each)) for each in findings]
    assert verdict_of(broken, causes, Severity(fail_on), checked=checked) == verdict


def test_a_point_is_coarse_if_no_capture_of_it_has_a_better_clock():
    coarse = replace(USED, clock="seconds")
    assert coarse_points([coarse, replace(coarse, clock="none")]) == {("n1", "eth0", None)}
    assert coarse_points([coarse, USED]) == set()
    assert coarse_points([replace(coarse, packets=0), replace(coarse, role=None)]) == set()


def test_each_interface_of_each_file_is_told_with_its_point(tmp_path):
    placed, network = assembled(
        tmp_path, {UPLINK: [ask()], "trace.pcap": [ask(), ask()], "pod1_eth0.pcap": []}
    )
    told = captures_used(placed, network)
    assert [(each.node, each.interface, each.role, each.pod, each.packets) for each in told] == [
        ("node1", "eth0", "uplink", None, 1),
        ("node1", "eth0", "pod", "default/pod1", 0),
        (None, None, None, None, 2),
    ]
