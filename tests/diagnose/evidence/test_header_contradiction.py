"""Headers that are not what the profile intends."""

import pytest
from scene import causes, facts, scene

from pcapcheck.diagnose.evidence import header_contradiction
from profiles import DB, WEB
from sample import both_ways, one_way


def other_vni(cluster, network):
    cluster.interface("node2", "flannel.1")["vni"] = 7


def test_a_wrong_vni_is_a_fact_of_its_sender(tmp_path):
    case = scene(tmp_path, [*both_ways(WEB, DB), *one_way(DB, WEB, 1.5)], breaks=other_vni)
    fact = next(each for each in facts(case, "header_contradiction") if each.about["field"] == "vxlan.vni")
    assert (fact.about["sender"], fact.about["actual"], fact.about["expected"]) == ("node2", "7", "1")
    assert fact.frames
    assert causes(case)[0] == "vni-mismatch"


def test_a_healthy_network_contradicts_nothing(tmp_path):
    case = scene(tmp_path)
    assert facts(case, "header_contradiction") == []
    assert causes(case) == []


def test_another_mac_of_the_vtep_is_the_senders_not_the_receivers(tmp_path):
    new = "de:34:a2:06:d3:99"

    def other_mac(cluster, network):
        cluster.interface("node2", "flannel.1")["mac"] = new
        network.drop("node2_flannel.1.pcap", lambda frame: frame.destination == new)

    case = scene(tmp_path, one_way(DB, WEB), breaks=other_mac)
    assert causes(case)[0] == "vtep-mac-changed"


def test_another_mac_of_the_vtep_at_which_it_is_answered_is_no_fault(tmp_path):
    def other_mac(cluster, network):
        cluster.interface("node2", "flannel.1")["mac"] = "de:34:a2:06:d3:99"

    case = scene(tmp_path, one_way(DB, WEB), breaks=other_mac)
    assert causes(case) == []
    assert "node2 flannel.1 uses the MAC" in case.network.topology.contradicted[0]


def test_a_pods_own_interface_is_named_by_the_pod(tmp_path):
    def other_gateway(cluster, network):
        cluster.interface("node1", "cni0")["mac"] = "de:34:a2:06:d3:99"

    case = scene(tmp_path, one_way(WEB, DB), breaks=other_gateway)
    seen = [fact for fact in facts(case, "header_contradiction") if fact.about["field"] == "eth.dst"]
    inside = next(fact for fact in seen if fact.about["at"] == "pod")
    assert inside.says.endswith("at pod default/web-1 eth0")
    assert inside.about["in_pod"] == "default/web-1"
    assert inside.filter == "eth.dst == de:34:a2:06:d3:99"


@pytest.mark.parametrize(
    ("field", "actual", "filter"),
    [
        ("inner.ip.dst", "10.0.0.1", "ip.dst == 10.0.0.1"),
        ("ip.dst#2", "10.0.0.1", "ip.dst == 10.0.0.1"),
        ("gre.key", "absent", "!gre.key"),
        ("form", "plain", None),
    ],
)
def test_filters_are_wiresharks(field, actual, filter):
    assert header_contradiction._filter(field, actual) == filter
