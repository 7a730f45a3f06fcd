"""GRE, broken: both nodes have a device that carries frames (gretap). All works."""

from cluster import Cluster
from network import Network
from profiles import DB, VTEP_MACS, WEB, gre
from sample import Fault, Sample, both_ways


def breaks(cluster: Cluster, network: Network) -> None:
    for number, name in enumerate(("node1", "node2")):
        gretap = {"type": "gretap", "mac": VTEP_MACS[number], "vsid": 160, "flow_id": 1}
        cluster.interface(name, "gre1").update(gretap)


SAMPLE = Sample(
    "gre",
    gre,
    both_ways(WEB, DB),
    Fault(
        "wrong-encapsulation",
        None,
        "gre1",
        "gre1 was made as type gretap on both nodes; the cluster uses type gre.",
        "GRE carries Ethernet on the uplinks, and packets at gre1 have MACs; all traffic passes.",
        breaks,
    ),
)
