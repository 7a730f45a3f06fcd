"""flannel VXLAN, broken: a load balancer's address moved to node2, and the router still sends it to node1.

The answers to a client outside come from the node that has the address, as from a DNS server of its own.
"""

from cluster import Cluster
from network import SECOND, START, Network, Sighting
from profiles import DB, ROUTERS, WEB, flannel
from sample import Fault, Sample, both_ways
from way import Hop
from wire import BROADCAST, NO_MAC, UDP, Arp, Frame, Packet, Station, udp

VIP, CLIENT, SUBNET = "192.168.186.200", "198.51.100.7", "192.168.186.0/24"
SIZE = 30  # bytes of a question or an answer
BEFORE, MOVED, AFTER = (1.2, 1.6), (3.0, 4.1), (4.6, 5.6, 6.6, 7.6)  # seconds


def cluster() -> Cluster:
    made = flannel()
    made.topology["routers"] = {SUBNET: ROUTERS[SUBNET]}
    names = {"address": "10.96.0.53", "type": "LoadBalancer", "external_ips": [VIP], "endpoints": []}
    made.topology["services"] = {"default/names": names | {"ports": [{"port": 53, "protocol": "udp"}]}}
    return made


def breaks(cluster: Cluster, network: Network) -> None:
    router = str(ROUTERS[SUBNET]["mac"])
    old, new = (str(cluster.interface(node, "eth0")["mac"]) for node in ("node1", "node2"))
    announced = Frame(new, BROADCAST, Arp(1, Station(new, VIP), Station(NO_MAC, VIP)))
    for number, after in enumerate((*BEFORE, *AFTER)):
        question = udp(Packet(CLIENT, VIP, UDP, b"", 58, 700 + number), 40_000 + number, 53, bytes(SIZE))
        see(cluster, network, "node1", Frame(router, old, question), after, out=False)
        answer = udp(Packet(VIP, CLIENT, UDP, b"", 64, 900 + number), 53, 40_000 + number, bytes(SIZE))
        if after in BEFORE:
            see(cluster, network, "node1", Frame(old, router, answer), after + 0.0004, out=True)
    for after in MOVED:
        see(cluster, network, "node2", announced, after, out=True)
        see(cluster, network, "node1", announced, after + 0.0002, out=False)


def see(cluster: Cluster, network: Network, node: str, frame: Frame, after: float, *, out: bool) -> None:
    """Let the uplink of a node see a frame so many seconds after the start."""
    hop = Hop(cluster.point(node, "eth0"), out)

    def seen(time: int) -> None:
        network.sightings[hop.point].append(Sighting(time, frame, hop))

    network.at(START + round(after * SECOND), seen)


SAMPLE = Sample(
    "flannel-vxlan",
    cluster,
    both_ways(WEB, DB),
    Fault(
        "vip-neighbour-stale",
        "node1",
        "eth0",
        f"The router ignores the gratuitous ARP by which node2 takes over {VIP}.",
        "Questions to that address still go to node1's MAC, and are not answered.",
        breaks,
    ),
)
