"""A VLAN for pod traffic, broken: its device sits on another VLAN device. All works."""

from cluster import Cluster
from network import Network
from profiles import DB, WEB, vlan
from sample import Fault, Sample, both_ways


def breaks(cluster: Cluster, network: Network) -> None:
    for name in ("node1", "node2"):
        cluster.interface(name, "eth0.301").update(vlan=300, inner=(301,))


SAMPLE = Sample(
    "vlan",
    vlan,
    both_ways(WEB, DB),
    Fault(
        "vlan-id-mismatch",
        None,
        "eth0.301",
        "eth0.301 is a device with tag 300; the one with tag 301 was made on top of it.",
        "Frames have two tags at eth0, 300 and 301, and one at eth0.301.",
        breaks,
        accept=("vlan-leak",),
    ),
)
