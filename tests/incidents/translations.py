"""Incidents of translations: services, masquerading, conntrack."""

from incidents.breaking import is_ip, readdressed, rewrite
from incidents.incident import Incident
from incidents.own import (
    CACHE,
    DB,
    NAMES,
    SHOP,
    VETH,
    WEB,
    calicos,
    flannels,
    serving,
    two_pods_on_node1,
    with_router,
)
from incidents.talking import (
    ItselfFetch,
    RacingNames,
    UntranslatedFetch,
    UntranslatedHandshake,
    UntranslatedName,
    talk,
)

from cluster import Cluster
from network import Network
from profiles import pod_entry
from sample import both_ways, dns, fetch
from services import Nat
from wire import UDP, End, Frame

OLD = "default/old"
SERVED, NAMED = Nat(End(SHOP, 80)), Nat(End(NAMES, 53))


def masquerading(cluster: Cluster, network: Network) -> None:
    """Let node1 masquerade what its pods send to pods; answers are turned back there."""
    pod, device = cluster.address(WEB), cluster.interface("node1", "flannel.1")["addresses"][0][:-3]
    mac = cluster.interface("node1", "flannel.1")["mac"]

    def sent(frame: Frame) -> bool:
        return is_ip(frame) and frame.source == mac and frame.content.source == pod

    def answered(frame: Frame) -> bool:
        return is_ip(frame) and frame.content.destination == pod

    def turned(frame: Frame) -> bool:
        return is_ip(frame) and frame.content.destination == device

    rewrite(network, "node1_flannel.1.pcap", sent, lambda carried: readdressed(carried, source=device))
    rewrite(network, "db-0_eth0.pcap", answered, lambda carried: readdressed(carried, destination=device))
    rewrite(network, "node1_cni0.pcap", turned, lambda carried: readdressed(carried, destination=pod))


def race(cluster: Cluster, network: Network) -> None:
    """Lose the second of the first two queries between the bridge and the tunnel."""
    seen: list[int] = []

    def second(frame: Frame) -> bool:
        if is_ip(frame) and frame.content.protocol == UDP and frame.content.source == cluster.address(WEB):
            seen.append(1)
            return len(seen) == 2
        return False

    network.drop("node1_flannel.1.pcap", second)


def served_here() -> Cluster:
    return serving(two_pods_on_node1(), CACHE)


def doubled(cluster: Cluster, network: Network) -> None:
    mac = cluster.pod(CACHE)["mac"]
    network.double(f"node1_{VETH[2]}.pcap", lambda frame: is_ip(frame) and frame.destination == mac)


def hairpin_off(cluster: Cluster, network: Network) -> None:
    gateway = cluster.interface("node1", "cni0")["addresses"][0][:-3]
    network.drop(f"node1_{VETH[0]}.pcap", lambda frame: is_ip(frame) and frame.content.source == gateway)


def pod_is_gone(cluster: Cluster, network: Network) -> None:
    """Let the service lead to a pod of node2 that is no more."""
    address = cluster.address(DB).rpartition(".")[0] + ".77"
    cluster.topology["pods"][OLD] = pod_entry(2, address) | {"node": "node2", "mac": "5e:11:22:8c:90:03"}
    cluster.interface("node2", VETH[1])
    veth = {"kind": "veth", "pod": OLD, "mac": "5e:11:22:8c:90:04", "mtu": 1450}
    cluster.node("node2")["interfaces"]["veth0dd0dd01"] = veth
    cluster.silent.add(address)


def nothing_translates() -> Cluster:
    cluster = serving(with_router(flannels()))
    cluster.outside["nobody"] = SHOP
    return cluster


def nobody_answers(cluster: Cluster, network: Network) -> None:
    router = cluster.router("node1").mac
    network.drop("node1_eth0.pcap", lambda frame: is_ip(frame) and frame.source == router)


INCIDENTS = [
    Incident(
        "12 pods are masqueraded",
        "flannel-io/flannel#2176",
        "unexpected-snat",
        "node1",
        flannels,
        both_ways(WEB, DB)[:3],
        masquerading,
    ),
    Incident(
        "15 two queries race",
        "kubernetes/kubernetes#56903",
        "dns-race",
        "node1",
        flannels,
        [*both_ways(WEB, DB, 1.2)[:2], talk(RacingNames, WEB, DB, 0.3)],
        race,
    ),
    Incident(
        "18 invalid answers are not translated",
        "kubernetes/kubernetes#74839",
        "reply-bypasses-nat",
        None,
        lambda: serving(calicos()),
        [*both_ways(WEB, DB), talk(UntranslatedFetch, WEB, DB, 1.2, SERVED)],
        twin=False,
    ),
    Incident(
        "19 bridged answers are not translated",
        "kubernetes/kubernetes#87426",
        "reply-bypasses-nat",
        "node1",
        served_here,
        [
            *both_ways(WEB, DB),
            talk(UntranslatedHandshake, WEB, CACHE, 1.2, SERVED),
            talk(UntranslatedName, WEB, CACHE, 1.5, NAMED),
        ],
        twin=False,
    ),
    Incident(
        "20 no hairpin",
        "kubernetes/kubernetes#13375",
        "hairpin-disabled",
        "node1",
        lambda: serving(flannels(), WEB),
        [*both_ways(WEB, DB), talk(ItselfFetch, WEB, WEB, 1.2, Nat(End(SHOP, 80), seen="10.42.0.1"))],
        hairpin_off,
        twin=False,
    ),
    Incident(
        "21 bridge doubles",
        "kubernetes/kubernetes#25793",
        "duplicate-packets",
        None,
        served_here,
        [*both_ways(WEB, DB), *(dns(WEB, CACHE, 1.2 + at / 5, nat=NAMED) for at in range(5))],
        doubled,
    ),
    Incident(
        "22 endpoint is gone",
        "kubernetes/kubernetes#106274",
        "service-stale-endpoint",
        "node1",
        lambda: serving(flannels()),
        [*both_ways(WEB, DB), *(dns(WEB, OLD, 1.2 + at / 3, nat=NAMED) for at in range(3))],
        pod_is_gone,
        twin=False,
    ),
    Incident(
        "22 nothing translates",
        "kubernetes/kubernetes#66651",
        "missing-dnat",
        "node1",
        nothing_translates,
        [*both_ways(WEB, DB), fetch(WEB, "nobody", 1.2, nat=Nat(End(SHOP, 80), seen="172.19.40.128"))],
        nobody_answers,
        twin=False,
    ),
]
