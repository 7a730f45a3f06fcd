from clusters import cluster, template
from directed import ANSWERING, OUTSIDE, OWNERS, POD1, POD2, SERVICE, directed, sent

from pcapcheck.correlate.paths import Paths
from pcapcheck.correlate.routes import routed


def told(*rows):
    flows, paths = routed(directed(*rows), Paths(template, cluster()), OWNERS)
    return flows, paths


def words(*rows):
    return told(*rows)[0].select("who", "where").rows()


def test_both_ways_have_the_clients_traffic_kind():
    assert words(sent(0, POD1, POD2), sent(1, *ANSWERING)) == [("pod-to-pod", "cross-node")] * 2
    assert words(sent(0, POD1, OUTSIDE)) == [("pod-to-external", "same-node")]


def test_the_service_that_only_the_answers_know_is_the_flows():
    rows = sent(0, POD1, POD2), sent(1, *ANSWERING), sent(1, SERVICE, POD1)
    assert {who for who, _ in words(*rows)} == {"pod-to-service"}


def test_the_answers_path_is_the_way_back():
    flows, paths = told(sent(0, POD1, POD2), sent(1, *ANSWERING))
    there, back = (paths[number] for number in flows["path"])
    assert [step.node for step in there] == ["node1"] * 5 + ["node2"] * 5
    assert [step.interfaces for step in back] == [step.interfaces for step in there][::-1]


def test_ways_of_the_same_steps_share_a_path():
    other = ("10.244.1.5", 40001)
    flows, paths = told(sent(0, POD1, POD2), sent(1, other, POD2), sent(2, POD1, OUTSIDE))
    assert flows["path"].to_list() == [0, 0, 1]
    assert len(paths) == 2


def test_questions_about_addresses_cross_no_path():
    flows, paths = told(sent(0, ("10.244.1.5", 1), ("10.244.2.5", 1), kind="arp"))
    assert flows.select("who", "where").rows() == [("arp", "")]
    assert [paths[number] for number in flows["path"]] == [()]


def test_the_version_of_ip_is_told_by_the_address():
    six = ("fd00::1", 1), ("fd00::2", 2)
    assert told(sent(0, POD1, POD2), sent(1, *six))[0]["version"].to_list() == [4, 6]


def test_nothing_seen_has_no_paths():
    nothing = directed(sent(0, POD1, POD2)).clear()
    flows, paths = routed(nothing, Paths(template, cluster()), OWNERS)
    assert (len(flows), paths) == (0, [])
