"""flannel VXLAN, broken: a bridge port is in hairpin mode, and a pod hears its own questions."""

from cluster import Cluster
from network import BEHIND, SECOND, START, Network, Sighting
from profiles import DB, WEB, flannel
from sample import Fault, Sample, both_ways
from way import Hop
from wire import ICMPV6, Frame, Packet, packed, with_checksum

OWN, GROUP, MULTICAST = "fd00:100::2", "ff02::1:ff00:2", "33:33:ff:00:00:02"
ASKED = 1.2  # seconds


def breaks(cluster: Cluster, network: Network) -> None:
    message = bytes.fromhex("8700000000000000") + packed(OWN)
    detection = Packet("::", GROUP, ICMPV6, with_checksum("::", GROUP, ICMPV6, message, 2), ttl=255)
    frame = Frame(str(cluster.pod(WEB)["mac"]), MULTICAST, detection)
    ways = {"pod": (True, False), "veth": (False, True), "bridge": (False,)}
    for point in cluster.points():
        served = cluster.node("node1")["interfaces"].get(point.interface, {}).get("pod", WEB)
        if point.owner in ("node1", WEB) and point.role in ways and served == WEB:
            for number, out in enumerate(ways[point.role]):
                see(network, Hop(point, out), frame, START + round(ASKED * SECOND) + number * BEHIND)


def see(network: Network, hop: Hop, frame: Frame, time: int) -> None:
    def seen(at: int) -> None:
        network.sightings[hop.point].append(Sighting(at, frame, hop))

    network.at(time, seen)


SAMPLE = Sample(
    "flannel-vxlan",
    flannel,
    both_ways(WEB, DB),
    Fault(
        "frames-reflected",
        "node1",
        "veth1f6c2a90",
        "The bridge port of default/web-1 is in hairpin mode.",
        "Duplicate address detection of the pod comes back to it, and it gives its IPv6 address up.",
        breaks,
    ),
)
