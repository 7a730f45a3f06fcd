"""flannel VXLAN, healthy: a client outside asks a port of each node; the endpoint is on node2.

With the policy Cluster the endpoint sees the asked node instead of the client: the address of flannel.1
where the way leads through it, else that of cni0.
"""

from cluster import Cluster
from profiles import DB, ROUTERS, WEB, flannel
from sample import Sample, both_ways, fetch
from services import Nat
from wire import End

CLIENT, SUBNET = "client", "192.168.186.0/24"


def cluster() -> Cluster:
    made = flannel()
    made.outside[CLIENT] = "198.51.100.7"
    made.topology["routers"] = {SUBNET: ROUTERS[SUBNET]}
    port = {"port": 80, "protocol": "tcp", "node_port": 30080}
    shop = {"address": "10.96.0.30", "type": "NodePort", "ports": [port], "endpoints": ["10.100.1.2:80"]}
    made.topology["services"] = {"default/shop": shop}
    return made


SAMPLE = Sample(
    "flannel-vxlan",
    cluster,
    [
        *both_ways(WEB, DB),
        fetch(CLIENT, DB, 1.2, nat=Nat(End("192.168.186.128", 30080), seen="10.100.0.0", via="node1")),
        fetch(CLIENT, DB, 1.6, nat=Nat(End("192.168.186.129", 30080), seen="10.100.1.1", via="node2")),
    ],
)
