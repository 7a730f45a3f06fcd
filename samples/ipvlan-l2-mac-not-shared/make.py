"""IPVLAN in mode L2, broken: a pod has a MAC of its own, not its parent's. All works."""

from cluster import Cluster
from network import Network
from nodenetwork import ipvlan
from profiles import CACHE, DB, WEB
from sample import Fault, Sample, both_ways


def breaks(cluster: Cluster, network: Network) -> None:
    cluster.pod(WEB)["mac"] = "4e:0b:b1:7a:90:12"


SAMPLE = Sample(
    "ipvlan-l2",
    lambda: ipvlan("l2"),
    [*both_ways(WEB, DB), *both_ways(WEB, CACHE, 1.2)],
    Fault(
        "mac-not-shared",
        "node1",
        "eth0",
        "The interface of default/web-1 is a MACVLAN, with a MAC of its own.",
        "Frames with another source MAC than that of eth0 leave node1.",
        breaks,
    ),
)
