"""Incidents inside a node, between neighbours and of plain routing."""

from incidents.breaking import is_answer, is_ip, lost, to_node
from incidents.incident import Incident
from incidents.own import (
    CACHE,
    CALI,
    DB,
    WEB,
    calicos,
    flannel_across_subnets,
    flannels,
    host_gateways,
    macvlans,
)
from packets import arp, eth
from scene import Frames

from cluster import Cluster
from network import Network
from sample import both_ways, dns, fetch, one_way, ping

THREE = [*one_way(WEB, DB), *both_ways(WEB, CACHE, 2.2), ping(DB, CACHE, 3.2)]
STATE = "c6:2b:90:17:4e:d8"


def source_check(cluster: Cluster, network: Network) -> None:
    pods = tuple(cluster.address(pod) for pod in (WEB, DB))
    for node in ("node1", "node2"):
        arriving = to_node(cluster, node)
        network.drop(
            f"{node}_eth0.pcap",
            lambda frame, arriving=arriving: (
                arriving(frame) and is_ip(frame) and frame.content.source in pods
            ),
        )


def two_owners_of_a_block(cluster: Cluster, network: Network) -> None:
    cluster.ways["node1", "node2"] = "node3"
    third, pod = cluster.interface("node3", "eth0")["mac"], cluster.address(DB)
    network.drop(
        "node3_eth0.pcap",
        lambda frame: is_ip(frame) and frame.source == third and frame.content.destination == pod,
    )


def host_side_renamed(cluster: Cluster, network: Network) -> None:
    cluster.interface("node2", CALI[1])["mac"] = "9a:33:c7:50:1e:68"


def two_machines_answer(cluster: Cluster) -> Frames:
    """Return the answers of a machine of the segment that has the pod's address too."""
    pod, asker = cluster.pod(DB), cluster.pod(WEB)
    answer = eth(
        arp(2, pod["address"], asker["address"], src_mac=STATE, dst_mac=asker["mac"]),
        src=STATE,
        dst=asker["mac"],
    )
    said = [(0.1011, answer), (3.0, answer)]
    return {"node1_eth0.pcap": said, "web-1_eth0.pcap": [(at + 0.0001, frame) for at, frame in said]}


def overlapping_pools(cluster: Cluster, network: Network) -> None:
    """Let the pod of node3 have the address of the pod of node2."""
    cluster.pod(CACHE)["address"] = cluster.pod(DB)["address"]


def looping(cluster: Cluster, network: Network) -> None:
    """Let node2 send back what is for its own pod, until the TTL is used up."""
    near, far = (cluster.interface(node, "eth0")["mac"] for node in ("node1", "node2"))
    segments = [*cluster.underlay("node1", "node2", routed=1), *cluster.underlay("node2", "node1", routed=1)]
    underlay = cluster.underlay

    def again(node, peer, *, routed=0):
        if (node, peer) == ("node1", "node2"):
            return tuple(segments * 12)
        return underlay(node, peer, routed=routed)

    cluster.underlay = again
    network.drop("node2_cni0.pcap", lambda frame: is_ip(frame) and frame.content.ttl < 50)
    assert near != far


def unmasked(cluster: Cluster, network: Network) -> None:
    """Let the parent of the pod hear what is for the pod, and not hand it on."""
    mac = cluster.pod(WEB)["mac"]
    network.drop("web-1_eth0.pcap", lambda frame: frame.destination == mac)


def no_reflection(cluster: Cluster, network: Network) -> None:
    cluster.reflecting = False


INCIDENTS = [
    Incident(
        "5 source check of the cloud",
        "projectcalico/calico#9138",
        "underlay-antispoof",
        None,
        flannel_across_subnets,
        [*one_way(WEB, DB), *both_ways(WEB, CACHE, 2.2), fetch("node1", "node2", 2.5, port=10250)],
        source_check,
    ),
    Incident(
        "23 no proxy ARP",
        "projectcalico/calico#4186",
        "gateway-unresolved",
        "node1",
        calicos,
        [*one_way(WEB, DB), *both_ways(CACHE, DB, 2.2)],
        lost(f"node1_{CALI[0]}.pcap", is_answer),
    ),
    Incident(
        "23 another MAC of the gateway",
        "projectcalico/calico#4186",
        "gateway-mac",
        "node2",
        lambda: calicos("vxlan"),
        [*both_ways(WEB, DB), *both_ways(WEB, CACHE, 1.2)],
        host_side_renamed,
    ),
    Incident(
        "24 reverse path filter",
        "projectcalico/calico#4630",
        "dropped-at-hop",
        "node2",
        lambda: calicos("direct"),
        [*one_way(WEB, DB), *both_ways(CACHE, DB, 2.2)],
        lost(f"node2_{CALI[1]}.pcap", lambda frame: is_ip(frame) and ".88." in frame.content.source),
    ),
    Incident(
        "26 policy of FORWARD",
        "flannel-io/flannel#609",
        "dropped-at-hop",
        "node2",
        flannels,
        [*one_way(WEB, DB), *one_way(CACHE, DB, 0.3), *both_ways(WEB, CACHE, 2.2)],
        lost("node2_cni0.pcap", is_ip),
    ),
    Incident(
        "27 two nodes claim one block",
        "projectcalico/calico#3246",
        "wrong-next-hop",
        "node1",
        lambda: calicos("direct"),
        THREE,
        two_owners_of_a_block,
    ),
    Incident(
        "28 two machines answer for one address",
        "containernetworking/plugins#629",
        "duplicate-ip",
        None,
        macvlans,
        both_ways(WEB, DB),
        put=two_machines_answer,
    ),
    Incident(
        "28 overlapping pools",
        "projectcalico/calico#2887",
        "duplicate-ip",
        None,
        flannels,
        [*both_ways(DB, WEB), ping(CACHE, WEB, 1.2), dns(CACHE, WEB, 1.5)],
        overlapping_pools,
    ),
    Incident(
        "30 routing loop",
        "projectcalico/calico#5039",
        "routing-loop",
        None,
        host_gateways,
        [*one_way(WEB, DB), *both_ways(WEB, CACHE, 2.2)],
        looping,
    ),
    Incident(
        "34 parent is not promiscuous",
        "containernetworking/cni#779",
        "arp-unanswered",
        None,
        macvlans,
        [*one_way(WEB, DB), fetch("node1", "node2", 1.3, port=10250)],
        unmasked,
    ),
    Incident(
        "34 no reflection",
        "k8snetworkplumbingwg/multus-cni#333",
        "macvlan-no-reflection",
        None,
        lambda: macvlans("vepa"),
        [*one_way(WEB, CACHE), *both_ways(WEB, DB, 1.2)],
        no_reflection,
    ),
]
