"""flannel VXLAN, healthy: a pod talks to the outside, where it is seen as its node."""

from cluster import Cluster
from profiles import DB, ROUTERS, WEB, flannel
from sample import Sample, both_ways, dns, fetch
from services import Nat
from wire import End

SERVER, ADDRESS, SUBNET = "server", "203.0.113.10", "192.168.186.0/24"


def cluster() -> Cluster:
    made = flannel()
    made.outside[SERVER] = ADDRESS
    made.topology["routers"] = {SUBNET: ROUTERS[SUBNET]}
    bridge = made.interface("node1", "cni0")
    made.pod(WEB)["gateway"] = {"ip": bridge["addresses"][0].partition("/")[0], "mac": bridge["mac"]}
    return made


SAMPLE = Sample(
    "flannel-vxlan",
    cluster,
    [
        *both_ways(WEB, DB),
        fetch(WEB, SERVER, 1.2, nat=Nat(End(ADDRESS, 80), seen="192.168.186.128")),
        dns(WEB, SERVER, 1.6, nat=Nat(End(ADDRESS, 53), seen="192.168.186.128")),
    ],
)
