"""MACVLAN in passthru mode, broken: the switch drops what it should send to the pod's port."""

from cluster import Cluster
from network import Network
from nodenetwork import macvlan
from profiles import DB, WEB
from sample import Fault, Sample, fetch, one_way


def breaks(cluster: Cluster, network: Network) -> None:
    mac = cluster.pod(DB)["mac"]
    network.drop("node2_eth1.pcap", lambda frame: frame.source != mac)


SAMPLE = Sample(
    "macvlan-passthru",
    lambda: macvlan("passthru"),
    [*one_way(WEB, DB, pings=6), fetch("node1", "node2", 1.3, port=10250)],
    Fault(
        "arp-unanswered",
        None,
        "eth1",
        "The port of eth1 of node2 is in another VLAN of the switch.",
        "default/web-1 asks for its peer without an answer; the question never reaches eth1 of node2.",
        breaks,
    ),
)
