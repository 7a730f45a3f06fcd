"""flannel VXLAN, broken: a pod's process ignores what it gets; other pods of its node answer."""

from cluster import Cluster
from network import Network
from profiles import CACHE, DB, WEB, flannel
from sample import Fault, Sample, both_ways, one_way
from wire import Frame, Packet


def breaks(cluster: Cluster, network: Network) -> None:
    def from_the_pod(frame: Frame) -> bool:
        return isinstance(frame.content, Packet) and frame.content.source == cluster.address(DB)

    network.drop("db-0_eth0.pcap", from_the_pod)


SAMPLE = Sample(
    "flannel-vxlan",
    lambda: flannel(nodes=3),
    [*one_way(WEB, DB), *both_ways(WEB, CACHE, 2.2)],
    Fault(
        "no-answer",
        "node2",
        "eth0",
        "The process in default/db-0 is stopped, and its kernel's backlog is full.",
        "Requests are seen inside the pod, and no answers.",
        breaks,
    ),
)
