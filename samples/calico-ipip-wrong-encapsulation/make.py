"""Calico IPIP, broken: the nodes send VXLAN where the pool says IPIP. Traffic passes, tunl0 stays silent."""

from cluster import Cluster
from network import Network
from profiles import DB, WEB, calico
from sample import Fault, Sample, both_ways


def breaks(cluster: Cluster, network: Network) -> None:
    for name in ("node1", "node2"):
        interfaces = calico("vxlan").node(name)["interfaces"]
        cluster.node(name)["interfaces"].pop("tunl0")
        cluster.node(name)["interfaces"]["vxlan.calico"] = interfaces["vxlan.calico"]


SAMPLE = Sample(
    "calico-ipip",
    calico,
    both_ways(WEB, DB),
    Fault(
        "wrong-encapsulation",
        None,
        "tunl0",
        "Both nodes still use the VXLAN of an earlier pool; the pool says IPIP.",
        "VXLAN on the uplinks, nothing at tunl0; all traffic passes.",
        breaks,
    ),
)
