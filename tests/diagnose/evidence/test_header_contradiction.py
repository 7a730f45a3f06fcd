"""Headers that are not what the profile intends."""

from scene import causes, facts, scene

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
    def other_mac(cluster, network):
        cluster.interface("node2", "flannel.1")["mac"] = "de:34:a2:06:d3:99"

    case = scene(tmp_path, [*one_way(WEB, DB), *one_way(DB, WEB, 1.3)], breaks=other_mac)
    assert causes(case)[0] == "vtep-mac-changed"
