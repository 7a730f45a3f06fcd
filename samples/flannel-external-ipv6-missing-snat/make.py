"""flannel VXLAN with IPv6 alone, broken: nothing masquerades what pods of node1 send to the outside."""

from cluster import Cluster
from families import ipv6
from network import Network
from profiles import DB, ROUTERS, WEB, flannel
from sample import Fault, Sample, both_ways, dns, fetch
from services import Nat
from wire import TCP, UDP, End, Frame, Packet

SERVER, ADDRESS, SUBNET = "server", "2001:db8:10::10", "192.168.186.0/24"


def cluster() -> Cluster:
    made = flannel()
    made.topology["routers"] = {SUBNET: ROUTERS[SUBNET]}
    six = ipv6(made)
    six.outside[SERVER] = ADDRESS
    return six


def breaks(cluster: Cluster, network: Network) -> None:
    def answers(frame: Frame) -> bool:
        content = frame.content
        talk = isinstance(content, Packet) and content.protocol in (TCP, UDP)
        return frame.source == ROUTERS[SUBNET]["mac"] and talk

    network.drop("node1_eth0.pcap", answers)  # nobody outside has a route to pods


SAMPLE = Sample(
    "flannel-vxlan",
    cluster,
    [
        *both_ways(WEB, DB),
        fetch(WEB, SERVER, 1.2, nat=Nat(End(ADDRESS, 80))),
        dns(WEB, SERVER, 1.6, nat=Nat(End(ADDRESS, 53))),
    ],
    Fault(
        "missing-snat",
        "node1",
        "eth0",
        "flanneld of node1 masquerades IPv4 alone.",
        "Packets to the outside leave with the address of the pod, and no answer comes.",
        breaks,
    ),
)
