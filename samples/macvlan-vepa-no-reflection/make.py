"""MACVLAN in VEPA mode, broken: the switch does not send frames back to the port they came from."""

from cluster import Cluster
from network import Network
from nodenetwork import macvlan
from profiles import CACHE, DB, WEB
from sample import Fault, Sample, both_ways, one_way


def breaks(cluster: Cluster, network: Network) -> None:
    cluster.reflecting = False


SAMPLE = Sample(
    "macvlan-vepa",
    lambda: macvlan("vepa"),
    [*both_ways(WEB, CACHE), *one_way(WEB, DB, 1.2, pings=6)],
    Fault(
        "macvlan-no-reflection",
        None,
        None,
        "The switch has no reflective relay (802.1Qbg) on the port of node1.",
        "Frames for a pod of the same node leave eth0 and do not come back; other nodes are reached.",
        breaks,
        accept=("arp-unanswered",),
    ),
)
