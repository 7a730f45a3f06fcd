"""flannel VXLAN with IPv6 alone, healthy: a pod talks to the outside, where it is seen as its node."""

from cluster import Cluster
from families import ipv6
from profiles import DB, ROUTERS, WEB, flannel
from sample import Sample, both_ways, dns, fetch
from services import Nat
from wire import End

SERVER, ADDRESS, SUBNET, NODE = "server", "2001:db8:10::10", "192.168.186.0/24", "fd00:192:168:186::128"


def cluster() -> Cluster:
    made = flannel()
    made.topology["routers"] = {SUBNET: ROUTERS[SUBNET]}
    six = ipv6(made)
    six.outside[SERVER] = ADDRESS
    return six


SAMPLE = Sample(
    "flannel-vxlan",
    cluster,
    [
        *both_ways(WEB, DB),
        fetch(WEB, SERVER, 1.2, nat=Nat(End(ADDRESS, 80), seen=NODE)),
        dns(WEB, SERVER, 1.6, nat=Nat(End(ADDRESS, 53), seen=NODE)),
    ],
)
