"""Requests in the tunnel, answers outside, and everything works."""

from scene import causes, facts, scene

from profiles import DB, WEB
from sample import both_ways


def test_answers_past_the_tunnel_are_asymmetric(tmp_path):
    case = scene(
        tmp_path,
        both_ways(WEB, DB)[:3],
        breaks=lambda cluster, _: cluster.ways.update({("node2", "node1"): "direct"}),
    )
    fact = facts(case, "asymmetric")[0]
    assert (fact.about["asked"], fact.about["answered"], fact.about["works"]) == ("vxlan", "plain", True)
    assert fact.about["sender"] == "node2"
    assert causes(case)[0] == "asymmetric-path"


def test_both_ways_in_the_tunnel_are_not(tmp_path):
    assert facts(scene(tmp_path), "asymmetric") == []
