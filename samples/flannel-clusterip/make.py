"""flannel VXLAN, healthy: a pod asks services, whose endpoints are on the other node and on its own."""

from cluster import Cluster
from profiles import API, CACHE, DB, WEB, flannel, with_neighbour, with_service
from sample import Sample, both_ways, dns, fetch
from services import Nat
from wire import End

NAMES, CART = "10.96.0.10", "10.96.0.21"


def cluster() -> Cluster:
    made = with_service(with_neighbour(flannel()))
    tcp, udp = {"port": 80, "protocol": "tcp"}, {"port": 53, "protocol": "udp"}
    made.topology["services"] |= {
        "default/names": {"address": NAMES, "ports": [udp], "endpoints": ["10.100.1.2:53"]},
        "default/cart": {"address": CART, "ports": [tcp], "endpoints": ["10.100.0.3:80"]},
    }
    return made


SAMPLE = Sample(
    "flannel-vxlan",
    cluster,
    [
        *both_ways(WEB, DB),
        fetch(WEB, DB, 1.2, nat=Nat(End(API, 80))),
        dns(WEB, DB, 1.4, nat=Nat(End(NAMES, 53))),
        fetch(WEB, CACHE, 1.6, nat=Nat(End(CART, 80))),
    ],
)
