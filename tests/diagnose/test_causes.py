"""From facts to root causes, rank by rank."""

from scene import causes, diagnosed, scene

from profiles import CACHE, DB, WEB, flannel
from sample import both_ways, one_way


def other_vni(cluster, network):
    cluster.interface("node2", "flannel.1")["vni"] = 7


def test_effects_are_not_listed_beside_their_cause(tmp_path):
    case = scene(tmp_path, [*one_way(WEB, DB), *one_way(DB, WEB, 1.3)], breaks=other_vni)
    assert causes(case) == ["vni-mismatch"]


def test_two_faults_are_two_diagnoses(tmp_path):
    def breaks(cluster, network):
        cluster.interface("node2", "flannel.1")["vni"] = 7
        network.drop("node3_veth5ab91c37.pcap", lambda frame: frame.content.ethertype == 0x0800)

    talks = [*one_way(WEB, DB), *one_way(DB, WEB, 1.3), *one_way(WEB, CACHE, 2.6)]
    case = scene(tmp_path, talks, lambda: flannel(nodes=3), breaks)
    assert causes(case) == ["vni-mismatch", "dropped-at-hop"]


def test_a_healthy_network_yields_nothing(tmp_path):
    case = scene(tmp_path, [*both_ways(WEB, DB), *both_ways(WEB, CACHE, 1.3)], lambda: flannel(nodes=3))
    assert causes(case) == []


def test_a_diagnosis_has_proof_and_says_where_to_act(tmp_path):
    case = scene(tmp_path, [*one_way(WEB, DB), *one_way(DB, WEB, 1.3)], breaks=other_vni)
    (told,) = diagnosed(case)
    assert (told.node, told.interface) == ("node2", "flannel.1")
    assert told.evidence[0].frames
    assert told.findings
    assert told.fix
    assert told.confirm


def test_no_causes_no_diagnoses(tmp_path):
    from pcapcheck.diagnose.causes import diagnose

    case = scene(tmp_path, [*one_way(WEB, DB)], breaks=other_vni)
    assert diagnose(case, ()) == ()
