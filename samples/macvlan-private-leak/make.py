"""MACVLAN in private mode, broken: the pods' interfaces are in bridge mode."""

from cluster import Cluster
from network import Network
from nodenetwork import macvlan
from profiles import CACHE, DB, WEB
from sample import Fault, Sample, both_ways


def breaks(cluster: Cluster, network: Network) -> None:
    for pod in cluster.topology["pods"].values():
        pod["mode"] = "bridge"


SAMPLE = Sample(
    "macvlan-private",
    lambda: macvlan("private"),
    [*both_ways(WEB, DB), *both_ways(WEB, CACHE, 1.2)],
    Fault(
        "macvlan-private-leak",
        None,
        "eth0",
        "The pods' interfaces were made in bridge mode.",
        "Pods of one parent talk to each other directly.",
        breaks,
    ),
)
