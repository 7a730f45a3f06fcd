"""Losses by pair of points."""

from dataclasses import replace

from scene import DB_IP, dropping, scene

from pcapcheck.diagnose.losses import told
from profiles import DB, WEB
from sample import one_way
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
