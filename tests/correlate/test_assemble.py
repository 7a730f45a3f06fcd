"""From variants of all captures to one network."""

from captures_build import pcap

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
