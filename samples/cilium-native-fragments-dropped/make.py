"""Cilium with native routing, broken: later fragments, which have no ports, do not reach a pod."""

from cluster import Cluster
from datapaths import cilium
from network import Network
from profiles import DB, WEB
from sample import Fault, Sample, both_ways, dns
from wire import Packet

LXC = "lxc1f6c2a90f1c2"


def breaks(cluster: Cluster, network: Network) -> None:
    network.drop(
        f"node1_{LXC}.pcap", lambda frame: isinstance(frame.content, Packet) and frame.content.offset > 0
    )


SAMPLE = Sample(
    "cilium-native",
    lambda: cilium("native"),
    [
        *both_ways(WEB, DB),
        dns(WEB, DB, 1.5, filling=1800),
        dns(WEB, DB, 2.5, filling=1800),
        dns(WEB, DB, 3.5),
    ],
    Fault(
        "fragments-dropped",
        "node1",
        LXC,
        "node1 does not track fragments: those without ports match no connection, and are dropped.",
        "eth0 of node1 shows both fragments of large answers, the pod only the first; small answers pass.",
        breaks,
        accept=("dropped-at-hop", "policy-drop"),
    ),
    seconds=12,
)
