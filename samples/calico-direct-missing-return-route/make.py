"""Calico with direct routing, broken: node2 has no route back to the pods of node1."""

from cluster import Cluster
from network import Network
from profiles import DB, WEB, calico
from sample import Fault, Sample, one_way


def breaks(cluster: Cluster, network: Network) -> None:
    cluster.ways["node2", "node1"] = "default"


SAMPLE = Sample(
    "calico-direct",
    lambda: calico("direct"),
    one_way(WEB, DB),
    Fault(
        "missing-return-route",
        "node2",
        "eth0",
        "BGP between the nodes is down on one side: node2 has no route to 10.200.88.0/26.",
        "Requests arrive in the pod; the answers leave for the router, which knows no way either.",
        breaks,
        accept=("missing-route",),
    ),
)
