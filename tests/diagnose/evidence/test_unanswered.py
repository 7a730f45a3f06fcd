"""Conversations that fail for no reason that a rule or a loss explains."""

from scene import AT_DB, causes, diagnosed, facts, scene

from profiles import CACHE, DB, WEB, flannel
from sample import both_ways, one_way
from wire import Packet


def from_the_pod(cluster):
    return lambda frame: isinstance(frame.content, Packet) and frame.content.source == cluster.address(DB)


def mute(folder, talks, **more):
    """Return the case of a pod that gets requests and does not answer."""

    def breaks(cluster, network):
        network.drop("db-0_eth0.pcap", from_the_pod(cluster))

    return scene(folder, talks, lambda: flannel(nodes=3), breaks=breaks, **more)


def test_delivered_and_not_answered(tmp_path):
    case = mute(tmp_path, [*one_way(WEB, DB), *both_ways(WEB, CACHE, 2.2)])
    (fact,) = facts(case, "unanswered")
    assert fact.about["reached"] == "destination"
    assert fact.about["node"] == "node2"
    (found,) = diagnosed(case)
    assert (found.id, found.node) == ("no-answer", "node2")
    assert found.title == "default/db-0 does not answer requests that were delivered to it"
    assert found.next_capture is None


def test_what_all_failing_conversations_have_in_common(tmp_path):
    case = mute(tmp_path, [*one_way(WEB, DB), *both_ways(WEB, CACHE, 2.2)])
    (fact,) = facts(case, "unanswered")
    assert "all failing conversations go to 10.100.1.2" in fact.says


def test_the_last_captured_hop_and_the_next_capture(tmp_path):
    files = [*AT_DB, "node2_eth0.pcap", "node2_flannel.1.pcap"]
    case = mute(tmp_path, one_way(WEB, DB), missing=files)
    (found,) = diagnosed(case)
    assert (found.id, found.node) == ("no-answer", "node1")
    assert "last seen at node1 eth0" in found.title
    assert found.next_capture == "capture inside the pod default/db-0, and on its node"


def test_answers_that_do_not_come_back(tmp_path):
    def breaks(cluster, network):
        network.drop("node2_flannel.1.pcap", from_the_pod(cluster))

    case = scene(tmp_path, one_way(WEB, DB), breaks=breaks)
    (fact,) = facts(case, "unanswered")
    assert fact.about["reached"] == "answers"
    assert "last seen at node2 cni0" in fact.says
    assert causes(case)[0] == "dropped-at-hop"  # a captured hop proves the loss: the stronger cause


def test_nothing_is_said_of_a_healthy_network(tmp_path):
    assert facts(scene(tmp_path), "unanswered") == []
