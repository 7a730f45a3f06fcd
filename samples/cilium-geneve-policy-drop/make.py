"""Cilium with Geneve, broken: a policy drops TCP to a pod."""

from cluster import Cluster
from datapaths import cilium
from network import Network
from profiles import DB, WEB
from sample import Fault, Sample, one_way, ping
from wire import TCP, Frame, Packet

LXC = "lxc83d07be4f1c2"


def breaks(cluster: Cluster, network: Network) -> None:
    mac = cluster.pod(DB)["mac"]

    def tcp(frame: Frame) -> bool:
        to_the_pod = frame.destination == mac
        return to_the_pod and isinstance(frame.content, Packet) and frame.content.protocol == TCP

    network.drop(f"node2_{LXC}.pcap", tcp)


SAMPLE = Sample(
    "cilium-geneve",
    lambda: cilium("geneve"),
    [*one_way(WEB, DB), ping(DB, WEB, 1.3)],
    Fault(
        "policy-drop",
        "node2",
        LXC,
        "A CiliumNetworkPolicy on node2 drops TCP to default/db-0.",
        "SYNs are seen at cilium_geneve of node2 and not at the pod; ping and DNS pass.",
        breaks,
        accept=("dropped-at-hop",),
    ),
)
