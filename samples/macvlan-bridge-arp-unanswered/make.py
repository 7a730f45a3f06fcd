"""MACVLAN in bridge mode, broken: a pod has lost its address."""

from cluster import Cluster
from network import Network
from nodenetwork import macvlan
from profiles import CACHE, DB, WEB
from sample import Fault, Sample, both_ways, one_way


def breaks(cluster: Cluster, network: Network) -> None:
    cluster.silent.add(cluster.address(CACHE))


SAMPLE = Sample(
    "macvlan-bridge",
    lambda: macvlan("bridge"),
    [*both_ways(WEB, DB), *one_way(WEB, CACHE, 1.2, pings=6)],
    Fault(
        "arp-unanswered",
        None,
        "eth0",
        "default/cache-2 has lost its address.",
        "default/web-1 asks for it without an answer; its other peer is well.",
        breaks,
    ),
)
