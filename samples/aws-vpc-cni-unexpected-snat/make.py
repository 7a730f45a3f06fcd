"""AWS VPC CNI, broken: node1 masquerades what goes to other pods too. All works."""

from cluster import Cluster
from datapaths import aws
from network import Network
from profiles import DB, WEB
from sample import Fault, Sample, both_ways, dns, fetch
from services import Nat
from wire import End

POD, NODE = "10.0.11.85", "10.0.11.11"


def breaks(cluster: Cluster, network: Network) -> None:
    """Leave the cluster as it is: the fault is in how they talk."""


SAMPLE = Sample(
    "aws-vpc-cni",
    aws,
    [
        *both_ways(DB, WEB)[:2],
        fetch(WEB, DB, 1.2, nat=Nat(End(POD, 80), seen=NODE)),
        dns(WEB, DB, 1.6, nat=Nat(End(POD, 53), seen=NODE)),
    ],
    Fault(
        "unexpected-snat",
        "node1",
        "eth0",
        "AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS is missing on node1, and its VPC block is wrong.",
        "What default/web-1 sends to another pod arrives from 10.0.11.11.",
        breaks,
    ),
)
