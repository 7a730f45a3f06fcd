from dataclasses import replace

from report import results

from pcapcheck.check.finding import Coverage
from pcapcheck.report import summary
from pcapcheck.report.report import Verdict


def test_headline_says_cause_and_how_much_was_seen():
    assert summary.headline(results.violations()) == (
        "violations: node1 sends VNI 2 (intended 1); "
        "7 of 10 hops captured, 1 rule not evaluable: no router MAC"
    )


def test_headline_without_a_cause_names_the_first_finding():
    result = replace(results.violations(), diagnoses=())
    assert summary.headline(result).startswith(
        "violations: vxlan.vni is 2, intended 1 at node1 eth0 (uplink, vxlan) and 2 more groups of findings;"
    )


def test_headline_names_the_place_that_the_title_lacks():
    cause = replace(results.violations().diagnoses[0], title="Two VTEPs use different VNIs")
    result = replace(results.violations(), diagnoses=(cause, cause))
    start = "violations: Two VTEPs use different VNIs (node1 flannel.1) and 1 more cause;"
    assert summary.headline(result).startswith(start)


def test_information_is_no_cause():
    remark = replace(results.violations().diagnoses[0], information=True)
    result = replace(results.conformant(), diagnoses=(remark,))
    assert summary.headline(result).startswith("conformant: 5 rules held on 1 flow;")


def test_inconclusive_says_why():
    nothing = replace(results.inconclusive(), captures=())
    assert "no capture was given" in summary.headline(nothing)
    assert "no rule was exercised" in summary.headline(results.inconclusive())


def test_shared_rules_alone_are_not_enough():
    shared = Coverage({"kubernetes/ttl": 3}, {}, {}, ())
    result = replace(results.conformant(), verdict=Verdict.INCONCLUSIVE, coverage=shared)
    assert "nothing exercised an error rule of the profile on pod traffic" in summary.headline(result)


def test_findings_that_say_the_same_are_one_group():
    groups = summary.groups(results.violations())
    assert [(group.first.rule, len(group.flows), group.packets) for group in groups] == [
        ("flannel-vxlan/vni", 2, "18 packets"),
        ("kubernetes/delivered", 1, "9 packets"),
        ("flannel-vxlan/outer-ttl", 1, "9 of 18 packets"),
    ]
    assert [group.causes for group in groups] == [("vni-mismatch",), ("vni-mismatch",), ()]


def test_worst_findings_come_first():
    result = results.violations()
    turned = replace(result, findings=result.findings[::-1], diagnoses=())
    assert [group.first.severity.value for group in summary.groups(turned)] == ["error", "error", "warning"]


def test_hop_is_counted_once_whatever_form_its_packets_have():
    seen, unseen = summary.hops_captured(results.conformant())
    assert len(seen) == 7
    assert unseen == ["node1 cni0 (bridge)", "node2 cni0 (bridge)", "default/db-0 eth0 (pod)"]


def test_path_shown_is_the_direction_that_lost_packets():
    result = results.violations()
    flow, path = summary.flow_of(result, result.diagnoses[0])
    assert (flow, path) == (result.flows[0], result.flows[0].forward)


def test_findings_that_a_cause_explains_come_first():
    result = results.violations()
    explained, other = result.findings[0], replace(result.findings[0], rule="a/b", flow="x")
    cause = replace(result.diagnoses[0], findings=(1,))
    found = summary.groups(replace(result, findings=(other, explained), diagnoses=(cause,)))
    assert [each.first.rule for each in found] == [explained.rule, "a/b"]


def test_flow_of_a_cause_without_findings_is_one_that_lost_packets_there():
    result = results.violations()
    cause = replace(result.diagnoses[0], findings=())
    lost = next(step for step in result.flows[0].forward if step.fate == "lost")
    here = replace(cause, node=lost.hop.node, interface=lost.hop.interface)
    assert summary.flow_of(result, here) == (result.flows[0], result.flows[0].forward)
    assert summary.flow_of(result, replace(here, node="elsewhere")) is None
    assert summary.flow_of(result, replace(here, information=True)) is None
