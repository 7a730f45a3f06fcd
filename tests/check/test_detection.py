import polars as pl
import pytest
from clusters import cluster, node, point
from networks import NODE1, NODE2, OUTSIDE, POD1, POD2, ask, carried, gathered, said
from packets import arp, eth, icmp, ip, tcp

from pcapcheck.check.detection import detection_frame

UNKNOWN = "10.244.9.9"


def looked_at(packet, where="node1 eth0", topology=None):
    """Return role and where of what detection sees of one packet."""
    variants, _ = gathered({where: [packet]})
    return detection_frame(variants, [point(where)], topology or cluster()).select("role", "where").rows()


@pytest.mark.parametrize(
    ("packet", "where"),
    [
        (said(POD1, POD2), "cross-node"),
        (said(POD1, "10.244.1.9"), "same-node"),
        (said(POD1, OUTSIDE), ""),
        (carried(said(POD1, POD2)), "cross-node"),
        (carried(said(UNKNOWN, "172.30.0.1")), "cross-node"),
        (carried(said(UNKNOWN, "172.30.0.1"), OUTSIDE, "203.0.113.1"), "cross-node"),
    ],
)
def test_packets_of_pods_and_tunnels_are_looked_at_with_where_they_travel(packet, where):
    assert looked_at(packet) == [("uplink", where)]


def test_a_tunnel_of_pods_on_no_known_node_goes_between_the_nodes_that_it_names():
    far = cluster(node(1), node(2, subnet=20))
    assert looked_at(carried(said(UNKNOWN, "172.30.0.1"), NODE1, "192.168.20.2"), topology=far) == [
        ("uplink", "cross-subnet")
    ]


@pytest.mark.parametrize(
    "packet",
    [
        said(NODE1, NODE2),
        said(NODE1, OUTSIDE),
        eth(arp(src=POD1, dst=POD2)),
        eth(ip(icmp(ip(tcp()), type=3), src=POD1, dst=POD2)),
        eth(b"", type=0x88CC),
    ],
    ids=["nodes", "node to outside", "arp", "error", "no addresses"],
)
def test_what_nodes_say_for_themselves_and_arp_and_errors_speak_for_no_profile(packet):
    assert looked_at(packet) == []


def test_packets_at_no_known_point_are_not_looked_at():
    variants, _ = gathered({"node1 eth0": [ask()]})
    assert detection_frame(variants, [None], cluster()).is_empty()


def test_nothing_seen_is_nothing_to_look_at():
    assert detection_frame(pl.DataFrame(), [], cluster()).is_empty()
