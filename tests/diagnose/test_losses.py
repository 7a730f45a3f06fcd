"""Losses by pair of points."""

from dataclasses import replace

from scene import DB_IP, NODE2_MAC, case_of, causes, cut, dropping, scene

from pcapcheck.diagnose.losses import told
from profiles import DB, WEB
from sample import SECOND, both_ways, one_way, ping
from wire import Packet


def to_the_pod(frame):
    return isinstance(frame.content, Packet) and frame.content.destination == DB_IP


def test_each_pair_has_its_packets_with_what_may_separate_them(tmp_path):
    breaks = dropping("db-0_eth0.pcap", to_the_pod)
    case = scene(tmp_path, one_way(WEB, DB), breaks=breaks)
    (pair,) = told(case)
    assert case.point(pair.next_point).pod == DB
    assert set(pair.lost["protocol"].to_list()) == {"echo", "tcp", "udp"}
    assert set(pair.lost["direction_of"].to_list()) == {"requests"}


def test_what_is_explained_already_is_left_out(tmp_path):
    breaks = dropping("db-0_eth0.pcap", to_the_pod)
    case = scene(tmp_path, one_way(WEB, DB), breaks=breaks)
    every = frozenset(row["flow"] for row in case.directions)
    assert list(told(replace(case, explained=every))) == []


def test_a_healthy_network_has_none(tmp_path):
    assert list(told(scene(tmp_path))) == []


def every_fourth(frame):
    packet = frame.content
    to_node2 = isinstance(packet, Packet) and frame.destination == NODE2_MAC
    return to_node2 and packet.identification % 4 == 0


def test_where_a_capture_was_short_a_loss_is_seen_at_the_hop_behind_it(tmp_path):
    breaks = dropping("node2_eth0.pcap", every_fourth)
    scene(tmp_path, [*both_ways(WEB, DB), ping(WEB, DB, 1.5, count=24, interval=SECOND)], breaks=breaks)
    assert causes(case_of(tmp_path)) == ["packet-loss"]
    cut(tmp_path / "node2_eth0.pcap", 0, 1.2)
    case = case_of(tmp_path)
    assert "flannel.1" in {case.point(pair.next_point).interface for pair in told(case)}
    assert causes(case) == ["packet-loss"]


def test_a_capture_that_began_late_lost_nothing(tmp_path):
    scene(tmp_path, one_way(WEB, DB), breaks=dropping("db-0_eth0.pcap", to_the_pod))
    cut(tmp_path / "node1_cni0.pcap", 3.0, 60)
    case = case_of(tmp_path)
    assert {case.point(pair.next_point).pod for pair in told(case)} == {DB}
