"""Interfaces whose names tell no role, of hosts that other captures or their own names show."""

import pytest

from pcapcheck.bind.filename import Naming
from pcapcheck.topology.topology import Topology


@pytest.mark.parametrize(
    ("files", "node", "interface"),
    [
        (["node1_harvester-br0.pcap", "node1_veth6352c652.pcap"], "node1", "harvester-br0"),
        (["gw_mesh7.pcap", "gw_flannel.1.pcap"], "gw", "mesh7"),
        (["node1_ovn0.pcap"], "node1", "ovn0"),
    ],
)
def test_the_host_is_told_and_the_packets_say_what_it_is(files, node, interface):
    found = Naming(Topology(), files).find(files[0], 1)
    assert found.point is None
    assert {(point.node, point.interface) for point in found.candidates} == {(node, interface)}


def test_a_pods_interface_stays_the_pods():
    found = Naming(Topology(), ["web-1_net7.pcap", "node1_cni0.pcap"]).find("web-1_net7.pcap", 1)
    assert found.point.pod == "web-1"
