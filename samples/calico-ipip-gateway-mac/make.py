"""Calico IPIP, broken: the host side of a pod's veth has not the MAC ee:ee:ee:ee:ee:ee; traffic passes."""

from cluster import Cluster
from network import Network
from profiles import DB, WEB, calico
from sample import Fault, Sample, both_ways


def breaks(cluster: Cluster, network: Network) -> None:
    cluster.interface("node1", "cali2b2e7c9e43e")["mac"] = "9a:33:c7:50:1e:68"


SAMPLE = Sample(
    "calico-ipip",
    calico,
    both_ways(WEB, DB),
    Fault(
        "gateway-mac",
        "node1",
        "cali2b2e7c9e43e",
        "The host side of the veth of default/web-1 has 9a:33:c7:50:1e:68 instead of ee:ee:ee:ee:ee:ee.",
        "The pod learns another MAC for its gateway; all traffic passes.",
        breaks,
    ),
)
