"""kube-router, broken: node1 sends its tunnel from another address."""

from cluster import Cluster
from datapaths import TUNNELS, kube_router
from network import Network
from profiles import DB, WEB
from sample import Fault, Sample, one_way, ping


def breaks(cluster: Cluster, network: Network) -> None:
    cluster.interface("node1", TUNNELS[1])["local"] = "10.0.2.15"


SAMPLE = Sample(
    "kube-router-ipip",
    kube_router,
    [*one_way(WEB, DB), ping(DB, WEB, 1.3)],
    Fault(
        "outer-source-address",
        "node1",
        TUNNELS[1],
        "kube-router of node1 has taken the address of another interface, 10.0.2.15.",
        "The device of node2 is for packets of 192.168.186.128 only, and drops those of 10.0.2.15.",
        breaks,
    ),
)
