"""A small cluster for tests of correlation: nodes with a pod each, behind a bridge and a VXLAN device."""

from pcapcheck.correlate.paths import PathHop
from pcapcheck.topology.topology import (
    CapturePoint,
    Interface,
    Node,
    Pod,
    Role,
    Service,
    ServicePort,
    Topology,
)

VNI = {"vni": 1, "port": 8472}


def node(number, subnet=10, six=False):
    """Return node1, node2 …: uplink eth0, flannel.1, cni0, and the veth of the pod `pod<number>`."""
    addresses = (f"192.168.{subnet}.{number}/24", *((f"fd00:{subnet}::{number}/64",) if six else ()))
    interfaces = (
        Interface("eth0", Role.UPLINK, f"52:54:00:00:00:0{number}", addresses),
        Interface(
            "flannel.1", Role.VTEP, f"02:00:00:00:01:0{number}", (f"10.244.{number}.0/32",), parameters=VNI
        ),
        Interface("cni0", Role.BRIDGE, f"02:00:00:00:02:0{number}", (f"10.244.{number}.1/24",)),
        Interface(f"veth{number}", Role.VETH, pod=f"default/pod{number}", bridge="cni0"),
    )
    plain = tuple(address.partition("/")[0] for address in addresses)
    return Node(f"node{number}", plain, (f"10.244.{number}.0/24",), {each.name: each for each in interfaces})


def cluster(*nodes, **more):
    """Return a topology of these nodes, each with its pod: default/pod1 is 10.244.1.5 on node1."""
    nodes = nodes or (node(1), node(2))
    pods = [
        Pod(
            f"default/pod{each.name[4:]}",
            each.name,
            (f"10.244.{each.name[4:]}.5",),
            f"0a:00:00:00:00:0{each.name[4:]}",
        )
        for each in nodes
    ]
    services = {"default/web": Service("default/web", ("10.96.0.10",), (ServicePort(80),))}
    given = {
        "pod_cidrs": ("10.244.0.0/16",),
        "service_cidrs": ("10.96.0.0/12",),
        "nodes": {each.name: each for each in nodes},
        "pods": {each.name: each for each in pods},
        "services": services,
    }
    return Topology(**(given | more))


def point(where):
    """Return a capture point: `node1 eth0`, or `pod1` for the inside of a pod."""
    name, _, interface = where.partition(" ")
    if not interface:
        return CapturePoint(f"node{name[3:]}", "eth0", Role.POD, f"default/{name}")
    roles = {"eth0": Role.UPLINK, "flannel.1": Role.VTEP, "cni0": Role.BRIDGE}
    role = roles.get(interface, Role.VETH)
    return CapturePoint(name, interface, role, f"default/pod{name[4:]}" if role == Role.VETH else None)


def hop(role, side, form="plain", routed=0):
    return PathHop(role, side, form, (routed, routed))


SENDING = (
    hop("pod", "source"),
    hop("veth", "source"),
    hop("bridge", "source"),
    hop("vtep", "source", routed=1),
)
RECEIVING = (
    hop("vtep", "destination"),
    hop("bridge", "destination", routed=1),
    hop("veth", "destination"),
    hop("pod", "destination"),
)
BETWEEN = (hop("uplink", "source", "vxlan"), hop("uplink", "destination", "vxlan"))
PATHS = {
    "cross-node": (*SENDING, *BETWEEN, *RECEIVING),
    "same-node": (*SENDING[:3], *RECEIVING[2:]),
    "external-to-pod/cross-node": (
        hop("uplink", "via"),
        hop("vtep", "via", routed=1),
        hop("uplink", "via", "vxlan"),
        BETWEEN[1],
        *RECEIVING,
    ),
    "pod-to-external": (*SENDING[:3], hop("uplink", "source", routed=1)),
}


def template(who, where):
    """Return the path of traffic kinds, as flannel's profile has it."""
    return next((PATHS[name] for name in (f"{who}/{where}", where, who) if name in PATHS), ())
