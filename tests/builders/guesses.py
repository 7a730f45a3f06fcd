"""What guesses are made of: frames, places, scenes and drafts; only what matters to a test is written out."""

from pcapcheck.bind.vantagepoint import Nearer, TrafficSeen, Translation, VantagePoint
from pcapcheck.infer.draft import PodDraft, TopologyDraft
from pcapcheck.infer.nearness import Nearness
from pcapcheck.infer.observations import Observations
from pcapcheck.infer.places import LocatedPoint
from pcapcheck.topology.topology import Role

NODE1_MAC, NODE2_MAC, ROUTER_MAC, BRIDGE_MAC, WEB_MAC, DB_MAC = (f"02:00:00:00:00:0{n}" for n in range(1, 7))
NODE1, NODE2 = "192.168.0.1", "192.168.0.2"
WEB, DB, CACHE = "10.244.1.5", "10.244.2.5", "10.244.1.6"
EVERYBODY = "ff:ff:ff:ff:ff:ff"


def said(source, destination, by, to, **rest):
    """Return a packet that its sender has just made, unless `ttl` says otherwise."""
    return TrafficSeen(
        **{"source": source, "destination": destination, "mac_from": by, "mac_to": to, "ttl": 64} | rest
    )


def claim(address, mac, **rest):
    """Return an ARP question in which a station says that an address is its own."""
    return TrafficSeen(
        **{"kind": "arp", "claim": address, "claim_mac": mac, "mac_from": mac, "mac_to": EVERYBODY} | rest
    )


def tunnelled(source, destination, outer_from, outer_to, by, to, **rest):
    """Return a packet in VXLAN."""
    outer = {"form": "vxlan", "outer_from": outer_from, "outer_to": outer_to, "inner_ttl": 64}
    return said(source, destination, by, to, **outer | rest)


def vantage(number, *seen, **rest):
    return VantagePoint(number, **{"file": number, "path": f"{number}.pcap", "seen": seen} | rest)


def place(number, *seen, node=None, pod=None, interface="eth0", role=Role.UPLINK, guessed="", **rest):
    return LocatedPoint(vantage(number, *seen, **rest), node, pod, interface, role, guessed)


def nearer(source, destination, *along):
    """Return the comparisons of the vantage points on the way of an exchange, from its source on."""
    pairs = [(one, other) for at, one in enumerate(along) for other in along[at + 1 :]]
    return [Nearer(source, destination, one, other, 1000, 1) for one, other in pairs]


def observations_of(*places, order=(), translations=()):
    return Observations(places, Nearness(order), translations)


def draft_of(*places, pods=()):
    """Return a draft with the nodes that were captured, and some pods."""
    draft = TopologyDraft(pods={each.name: each for each in pods})
    for each in places:
        if each.node and not each.inside:
            draft.node(each.node).interface(each.interface, each.role).place = each
    return draft


def pod(name, *addresses, mac=None, node=None):
    made = PodDraft(name, mac, list(addresses))
    made.votes.update([node] if node else [])
    return made


def settle(draft, node, mac=None, *addresses):
    """Give the uplink of a node a MAC and addresses, as if they had been found."""
    uplink = draft.node(node).interface("eth0", Role.UPLINK)
    uplink.mac, uplink.addresses = mac, list(addresses)
    draft.node(node).addresses = list(addresses)


def translation(before, after, protocol="tcp"):
    """Return a packet with two pairs of ends: (source, port, destination, port) each."""
    return Translation(protocol, *before, *after)
