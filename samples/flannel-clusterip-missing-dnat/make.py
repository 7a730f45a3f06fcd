"""flannel VXLAN, broken: node1 does not translate a service, whose address leaves for the router."""

from cluster import Cluster
from network import Network
from profiles import API, DB, ROUTERS, WEB, flannel, with_service
from sample import Fault, Sample, both_ways, fetch
from services import Nat
from wire import End, Frame, Packet

NOBODY, NODE, SUBNET = "nobody", "192.168.186.128", "192.168.186.0/24"


def cluster() -> Cluster:
    made = with_service(flannel())
    made.outside[NOBODY] = API
    made.topology["routers"] = {SUBNET: ROUTERS[SUBNET]}
    return made


def breaks(cluster: Cluster, network: Network) -> None:
    def answers(frame: Frame) -> bool:
        return frame.source == ROUTERS[SUBNET]["mac"] and isinstance(frame.content, Packet)

    network.drop("node1_eth0.pcap", answers)  # nobody outside has the address of a service


SAMPLE = Sample(
    "flannel-vxlan",
    cluster,
    [*both_ways(WEB, DB), fetch(WEB, NOBODY, 1.2, nat=Nat(End(API, 80), seen=NODE))],
    Fault(
        "missing-dnat",
        "node1",
        "eth0",
        "kube-proxy of node1 does not run, and its rules are gone.",
        "Packets for 10.96.0.20 leave node1 for the router, masqueraded as what goes outside is.",
        breaks,
    ),
)
