"""flannel VXLAN, broken: nothing masquerades what pods of node1 send to the outside."""

from cluster import Cluster
from network import Network
from profiles import DB, ROUTERS, WEB, flannel
from sample import Fault, Sample, both_ways, dns, fetch
from services import Nat
from wire import End, Frame, Packet

SERVER, ADDRESS, SUBNET = "server", "203.0.113.10", "192.168.186.0/24"


def cluster() -> Cluster:
    made = flannel()
    made.outside[SERVER] = ADDRESS
    made.topology["routers"] = {SUBNET: ROUTERS[SUBNET]}
    return made


def breaks(cluster: Cluster, network: Network) -> None:
    def answers(frame: Frame) -> bool:
        return frame.source == ROUTERS[SUBNET]["mac"] and isinstance(frame.content, Packet)

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
        "flanneld of node1 runs without --ip-masq.",
        "Packets to the outside leave with the address of the pod, and no answer comes.",
        breaks,
    ),
)
