"""flannel VXLAN, healthy: an SCTP association between two pods, as mobile networks use them."""

from association import Association
from cluster import Cluster
from conversations import Conversation
from network import SECOND, START, Network
from profiles import DB, WEB, flannel
from sample import Sample, both_ways


def associate(network: Network, cluster: Cluster) -> Conversation:
    return Association(network, cluster, WEB, DB, START + 2 * SECOND)


SAMPLE = Sample("flannel-vxlan", flannel, [*both_ways(WEB, DB), associate])
