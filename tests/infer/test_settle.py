from dataclasses import replace

import pytest
from clusters import cluster
from networks import NODE1, NODE2, OUTSIDE, answer, ask
from packets import eth, ip, tcp, udp, vxlan
from readings import read

from pcapcheck.infer.settle import settle
from pcapcheck.topology.topology import CapturePoint, Role, Topology

UPLINK = CapturePoint("node1", "eth0", Role.UPLINK)
NODE1_MAC, NODE2_MAC, ROUTER_MAC = (f"52:54:00:00:00:0{number}" for number in (1, 2, 9))
TO_NODE2 = eth(ip(udp(vxlan(ask(63))), src=NODE1, dst=NODE2), src=NODE1_MAC, dst=NODE2_MAC)
TO_NODE1 = eth(ip(udp(vxlan(answer(63))), src=NODE2, dst=NODE1), src=NODE2_MAC, dst=NODE1_MAC)
TO_ROUTER = eth(ip(tcp(), src=NODE1, dst=OUTSIDE), src=NODE1_MAC, dst=ROUTER_MAC)


def settled(folder, captures, topology=None):
    return settle(read(folder, captures), topology or Topology())


def test_with_a_topology_names_say_where_captures_are(tmp_path):
    found = settled(tmp_path, {"node1_eth0.pcap": [TO_NODE2]}, cluster())
    assert (found.points, found.topology.nodes, found.votes) == ((UPLINK,), cluster().nodes, {})


def test_a_capture_whose_name_says_nothing_is_where_its_packets_fit(tmp_path):
    found = settled(tmp_path, {"trace.pcap": [TO_NODE2, TO_NODE1, TO_ROUTER]}, cluster())
    assert found.points == (UPLINK,)
    assert found.bound[0].binding.by == "content"


def test_one_whose_packets_fit_two_places_stays_unbound(tmp_path):
    assert settled(tmp_path, {"trace.pcap": [TO_NODE2, TO_NODE1]}, cluster()).points == ()


def test_without_a_topology_one_is_inferred_and_what_nodes_use_is_counted(tmp_path):
    captures = {"node1_eth0.pcap": [TO_NODE2, TO_NODE1], "web_eth0.pcap": [ask(), answer(62)]}
    found = settled(tmp_path, captures)
    assert found.topology.source == "inferred"
    assert "node1" in found.topology.nodes
    assert found.votes["vxlan_port"] == {8472: 2}
    assert {each.role for each in found.points} == {Role.UPLINK, Role.POD}


def test_without_packets_names_are_all_that_is_known(tmp_path):
    found = settled(tmp_path, {"node1_eth0.pcap": []})
    assert list(found.topology.nodes) == ["node1"]
    assert found.variants.is_empty()


@pytest.mark.parametrize(
    ("known", "clock", "note"),
    [
        (cluster(), "seconds", "its times are whole seconds; latencies cannot be computed"),
        (Topology(), "none", "it has no times; latencies cannot be computed"),
        (cluster(), "us", None),
    ],
)
def test_what_a_clock_cannot_tell_is_noted(tmp_path, known, clock, note):
    captured = [replace(each, clock=clock) for each in read(tmp_path, {"node1_eth0.pcap": [TO_NODE2]})]
    notes = [each.partition(": ")[2] for each in settle(captured, known).topology.notes]
    assert notes == ([note] if note else [])


def test_that_a_tool_merged_all_nodes_is_noted(tmp_path):
    found = settled(tmp_path, {"2026-01-31T090000Z.pcap": [TO_NODE2]}, cluster(notes=("before",)))
    assert found.topology.notes[0] == "before"
    assert "netobserv merges the packets of all nodes" in found.topology.notes[1]
