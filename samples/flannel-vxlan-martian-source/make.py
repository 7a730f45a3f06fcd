"""flannel VXLAN, broken: a router sends a pod's connection to a load balancer's address back to its node.

node1 masquerades the pod, so what comes back has node1's own address as its source and is dropped as martian.
The same address serves a client outside, and the pod reaches another server outside.
"""

from dataclasses import replace

from attachment import leave
from cluster import Cluster
from conversations import Conversation
from fetch import Fetch
from network import SECOND, START, Network
from profiles import DB, ROUTERS, WEB, flannel
from sample import Fault, Sample, Talk, both_ways, fetch
from services import Nat
from way import Path, Turn
from wire import End

CLIENT, BALANCER, SERVER, SUBNET = "client", "balancer", "server", "192.168.186.0/24"
VIP, NODE, ELSEWHERE = "203.0.113.80", "192.168.186.128", "203.0.113.10"


class Hairpin(Fetch):
    """A page that is asked of a load balancer which chooses the node of the client."""

    def _way(self, sender: str, receiver: str) -> Path:
        assert self.nat
        out = self.cluster.to_router("node1")
        out = replace(out, hops=(Turn(self._request_translated), *out.hops))
        back = replace(self.cluster.from_router("node1"), routed=1)
        return Path((leave(self.cluster, WEB), out, back), delivered=False)


def cluster() -> Cluster:
    made = flannel()
    made.outside |= {CLIENT: "198.51.100.7", BALANCER: VIP, SERVER: ELSEWHERE}
    made.topology["routers"] = {SUBNET: ROUTERS[SUBNET]}
    shop = {"address": "10.96.0.30", "type": "LoadBalancer", "external_ips": [VIP]}
    shop |= {"ports": [{"port": 80, "protocol": "tcp"}], "endpoints": ["10.100.1.2:80"]}
    made.topology["services"] = {"default/shop": shop}
    return made


def hairpin(after: float) -> Talk:
    def talk(network: Network, cluster: Cluster) -> Conversation:
        nat = Nat(End(VIP, 80), seen=NODE)
        return Hairpin(network, cluster, WEB, BALANCER, START + round(after * SECOND), nat=nat)

    return talk


SAMPLE = Sample(
    "flannel-vxlan",
    cluster,
    [
        *both_ways(WEB, DB),
        fetch(WEB, SERVER, 1.1, nat=Nat(End(ELSEWHERE, 80), seen=NODE)),
        fetch(CLIENT, DB, 1.2, nat=Nat(End(VIP, 80), seen="10.100.0.0", via="node1")),
        *(hairpin(after) for after in (1.4, 1.8)),
    ],
    Fault(
        "martian-source",
        "node1",
        "eth0",
        f"The provider's load balancer is not known to kube-proxy as {VIP}, and keeps source addresses.",
        f"The router sends SYNs of web-1 back to node1, with the source {NODE}.",
        lambda cluster, network: None,
    ),
)
