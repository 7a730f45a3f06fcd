"""From variants of all captures to one network."""

from captures_build import pcap
from networks import ask, carried, network

import make
from pcapcheck.api import check, flows


def test_captures_without_packets_are_nothing_to_check(tmp_path):
    topology = make.SAMPLES / "flannel-vxlan" / "topology.yaml"
    (tmp_path / "node2_eth0.pcap").write_bytes(pcap())
    result = check(tmp_path, topology=topology)
    assert (result.verdict, result.diagnoses) == ("inconclusive", ())
    assert flows(tmp_path, topology=topology).is_empty()


def test_what_two_ends_say_is_one_flow_at_all_points():
    table = flows(make.SAMPLES / "flannel-vxlan")
    assert sorted(table["flow"].str.split("/").list.first()) == ["icmp", "icmp", "tcp", "tcp", "udp", "udp"]
    assert table["points"].min() == 10


def test_variants_are_joined_to_directions_and_stand_at_steps():
    found = network({"node1 eth0": [carried(ask(63))], "node2 eth0": [carried(ask(63))]})
    assert len(found.directions) == 1
    assert found.variants["direction"].to_list() == [0, 0]
    assert found.variants["step"].null_count() == 0
