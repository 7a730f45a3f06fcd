"""flannel VXLAN, broken: a load balancer still sends connections to node1, which has no endpoint left.

The policy is Local, so kube-proxy drops what comes to a node without an endpoint ("has no local endpoints",
chain KUBE-EXTERNAL-SERVICES). node2 has the endpoint and serves the clients that it gets.
"""

from cluster import Cluster
from network import Network
from profiles import DB, ROUTERS, WEB, flannel
from sample import Fault, Sample, fetch, ping
from services import Nat
from wire import End, Frame, Packet

CLIENT, OUTSIDE, VIP, SUBNET = "client", "198.51.100.7", "203.0.113.80", "192.168.186.0/24"


def cluster() -> Cluster:
    made = flannel()
    made.outside[CLIENT] = OUTSIDE
    made.topology["routers"] = {SUBNET: ROUTERS[SUBNET]}
    shop = {"address": "10.96.0.30", "type": "LoadBalancer", "external_ips": [VIP]}
    shop |= {"ports": [{"port": 80, "protocol": "tcp"}], "endpoints": ["10.100.1.2:80"]}
    made.topology["services"] = {"default/shop": shop}
    return made


def breaks(cluster: Cluster, network: Network) -> None:
    def from_the_client(frame: Frame) -> bool:
        return isinstance(frame.content, Packet) and frame.content.source == OUTSIDE

    network.drop("node1_flannel.1.pcap", from_the_client)


SAMPLE = Sample(
    "flannel-vxlan",
    cluster,
    [
        ping(WEB, DB, 0.1),
        fetch(DB, WEB, 0.6),
        *(fetch(CLIENT, DB, after, nat=Nat(End(VIP, 80), via="node1")) for after in (1.2, 1.5, 1.6)),
        *(fetch(CLIENT, DB, after, nat=Nat(End(VIP, 80), via="node2")) for after in (1.3, 1.7)),
    ],
    Fault(
        "service-traffic-dropped",
        "node1",
        "eth0",
        "externalTrafficPolicy of default/shop is Local, and its endpoint on node1 is gone.",
        f"SYNs for {VIP} reach node1 and are neither translated nor refused; those to node2 are answered.",
        breaks,
    ),
)
