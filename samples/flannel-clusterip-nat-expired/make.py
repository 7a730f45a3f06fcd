"""flannel VXLAN, broken: IPVS on node1 forgets an idle connection to a service after 15 minutes.

Its address is one of node1's own (kube-ipvs0), so node1 itself resets the connection at the next request.
A connection that is used every 7 minutes stays, and a new one is served.
"""

from cluster import Cluster
from kept import kept
from profiles import API, DB, WEB, flannel, with_service
from sample import Fault, Sample, fetch, ping
from services import Nat
from wire import End

SERVICE = Nat(End(API, 80))


def cluster() -> Cluster:
    return with_service(flannel())


SAMPLE = Sample(
    "flannel-vxlan",
    cluster,
    [
        ping(WEB, DB, 0.1),
        kept(WEB, DB, 1.2, nat=SERVICE, pauses=(905.0,), cut=1),
        kept(WEB, DB, 1.4, nat=SERVICE, pauses=(450.0, 450.0)),
        fetch(WEB, DB, 906.8, nat=SERVICE),
    ],
    Fault(
        "nat-entry-expired",
        "node1",
        "cni0",
        "ipvsadm --set on node1 has 900 s for TCP, and keep-alives come later.",
        "Resets with the service's address and node1's TTL after a pause of 905 s.",
        lambda cluster, network: None,
    ),
    seconds=910,
)
