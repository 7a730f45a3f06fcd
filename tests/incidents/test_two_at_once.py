"""Two faults of one cluster at once: one between node1 and node2, one at node3's pod or on the way there."""

from dataclasses import replace
from itertools import product

import pytest
from incidents.breaking import in_vxlan, is_ip, to_node
from incidents.incident import Incident
from incidents.own import CACHE, DB, VETH, WEB, flannels, with_router

from sample import both_ways, fetch, one_way, ping
from wire import TCP, UDP

TALKS = [
    *one_way(WEB, DB),
    *one_way(WEB, CACHE, 0.2, pings=12),
    *both_ways(DB, CACHE, 1.2),
    *both_ways(WEB, CACHE, 2.2),
    fetch(WEB, CACHE, 3.1, size=5000),
    ping(WEB, CACHE, 3.3, count=12),
    fetch("node1", "node2", 3.5, port=10250),
    fetch(DB, WEB, 3.8),
]
NEW_MAC = "5e:89:41:b0:c2:77"


def wrong_entry(cluster, network):
    cluster.fdb["node1", "node2"] = "node3"


def old_neighbour(cluster, network):
    cluster.neighbours["node1", "node2"] = NEW_MAC


def other_mac(cluster, network):
    device = cluster.interface("node2", "flannel.1")
    cluster.neighbours |= {(peer, "node2"): device["mac"] for peer in ("node1", "node3")}
    device["mac"] = NEW_MAC


def blocked(cluster, network):
    mac, arriving = cluster.interface("node1", "eth0")["mac"], to_node(cluster, "node2")
    network.drop(
        "node2_eth0.pcap", lambda frame: arriving(frame) and frame.source == mac and in_vxlan(frame) != b""
    )


def refused_by_node2(cluster, network):
    pod = cluster.address(WEB)
    network.drop("node2_flannel.1.pcap", lambda frame: is_ip(frame) and frame.content.source == pod)


def in_clear(cluster, network):
    cluster.ways["node2", "node1"] = "direct"


def no_route(cluster, network):
    cluster.ways["node1", "node2"] = "default"


def to_cache(cluster, *protocols):
    pod = cluster.address(CACHE)
    return lambda frame: (
        is_ip(frame)
        and frame.content.destination == pod
        and (not protocols or frame.content.protocol in protocols)
    )


def policy(cluster, network):
    network.drop(f"node3_{VETH[2]}.pcap", to_cache(cluster, TCP))


def filter_of_all(cluster, network):
    network.drop(f"node3_{VETH[2]}.pcap", to_cache(cluster))


def nobody_there(cluster, network):
    cluster.silent.add(cluster.address(CACHE))


def long_ones(cluster, network):
    pod = cluster.address(CACHE)
    network.drop(
        "node3_flannel.1.pcap",
        lambda frame: is_ip(frame) and frame.content.source == pod and len(bytes(frame.content)) > 1300,
    )


def every(number, which):
    """Return whether a frame is every so many of those meant."""
    seen = []

    def chosen(frame):
        if which(frame):
            seen.append(frame)
        return which(frame) and len(seen) % number == 0

    return chosen


def from_node1(cluster):
    near, far = (cluster.interface(node, "eth0")["mac"] for node in ("node1", "node3"))
    return lambda frame: frame.source == near and frame.destination == far and in_vxlan(frame) != b""


def lossy(cluster, network):
    network.drop("node3_eth0.pcap", every(3, from_node1(cluster)))


def doubling(cluster, network):
    network.double("node3_eth0.pcap", from_node1(cluster))


def spoiling(cluster, network):
    chosen = every(4, to_cache(cluster, TCP, UDP))

    def change(frame):
        if not chosen(frame):
            return frame
        payload = frame.content.payload
        return replace(frame, content=replace(frame.content, payload=payload[:-1] + bytes([payload[-1] ^ 4])))

    network.rewrite("node3_flannel.1.pcap", change)


BETWEEN = {
    "asymmetric-path": in_clear,
    "fdb-wrong-vtep": wrong_entry,
    "missing-route": no_route,
    "stale-neighbour": old_neighbour,
    "tunnel-blocked-at-node": refused_by_node2,
    "tunnel-blocked-on-fabric": blocked,
    "vtep-mac-changed": other_mac,
}
AT_NODE3 = {
    "arp-unanswered": nobody_there,
    "corrupted-packets": spoiling,
    "dropped-at-hop": filter_of_all,
    "duplicate-packets": doubling,
    "mtu-black-hole": long_ones,
    "packet-loss": lossy,
    "policy-drop": policy,
}
PAIRS = list(product(BETWEEN, AT_NODE3))
QUICK = [pair for number, pair in enumerate(PAIRS) if number % 16 == 3]
ALSO = {"asymmetric-path": ("wrong-encapsulation", "missing-return-route")}


def named(pair, folder):
    def breaks(cluster, network):
        for id, each in zip(pair, (BETWEEN[pair[0]], AT_NODE3[pair[1]]), strict=True):
            assert id
            each(cluster, network)

    incident = Incident("", "", "", None, lambda: with_router(flannels()), TALKS, breaks)
    return [each.id for each in incident.checked(folder).diagnoses]


@pytest.mark.parametrize(
    "pair",
    [pytest.param(each, marks=() if each in QUICK else pytest.mark.slow) for each in PAIRS],
    ids="+".join,
)
def test_both_faults_of_one_cluster_are_named(pair, tmp_path):
    found = named(pair, tmp_path / "captures")
    allowed = {*pair, *(id for each in pair for id in ALSO.get(each, ()))}
    assert set(pair) <= set(found)
    assert set(found) <= allowed
