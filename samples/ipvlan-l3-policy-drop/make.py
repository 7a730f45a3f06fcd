"""IPVLAN in mode L3, broken: a policy drops TCP to a pod."""

from cluster import Cluster
from network import Network
from nodenetwork import ipvlan
from profiles import CACHE, DB, WEB
from sample import Fault, Sample, both_ways, one_way
from wire import TCP, Frame, Packet


def breaks(cluster: Cluster, network: Network) -> None:
    def tcp(frame: Frame) -> bool:
        return isinstance(frame.content, Packet) and frame.content.protocol == TCP

    network.drop("cache-2_eth0.pcap", lambda frame: tcp(frame) and frame.destination != frame.source)


SAMPLE = Sample(
    "ipvlan-l3",
    lambda: ipvlan("l3"),
    [*both_ways(WEB, DB), *one_way(WEB, CACHE, 1.2, pings=5)],
    Fault(
        "policy-drop",
        "node2",
        "eth0",
        "A policy on node2 drops TCP to default/cache-2.",
        "SYNs are seen at eth0 of node2 and not in the pod; ping and DNS pass.",
        breaks,
        accept=("dropped-at-hop",),
    ),
)
