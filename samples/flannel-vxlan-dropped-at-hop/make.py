"""flannel VXLAN, broken: a forgotten filter on the host side of a pod's veth drops all IP to the pod."""

from cluster import Cluster
from network import Network
from profiles import CACHE, DB, VETHS, WEB, flannel
from sample import Fault, Sample, both_ways, one_way
from wire import Frame, Packet


def breaks(cluster: Cluster, network: Network) -> None:
    def to_the_pod(frame: Frame) -> bool:
        return isinstance(frame.content, Packet) and frame.content.destination == cluster.address(DB)

    network.drop(f"node2_{VETHS[1]}.pcap", to_the_pod)


SAMPLE = Sample(
    "flannel-vxlan",
    lambda: flannel(nodes=3),
    [*one_way(WEB, DB), *both_ways(WEB, CACHE, 2.2)],
    Fault(
        "dropped-at-hop",
        "node2",
        VETHS[1],
        "A tc filter on the veth of default/db-0 drops all IPv4 to the pod.",
        "Packets are seen at cni0 of node2, for the right MAC, and not at the veth; ARP passes.",
        breaks,
        accept=("policy-drop",),
    ),
)
