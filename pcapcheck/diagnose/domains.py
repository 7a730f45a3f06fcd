"""L2 domains: which capture points hear the same broadcasts, and which pods are in one segment."""

from pcapcheck.diagnose.case import Case
from pcapcheck.topology.topology import CapturePoint, Interface, Pod, Role, Topology


def domain(case: Case, point: CapturePoint) -> str:
    """Return a name for the L2 domain of a capture point, the same for all points in it."""
    node = case.network.topology.nodes.get(point.node or "")
    interface = node.interfaces.get(point.interface) if node else None
    pod = case.network.topology.pods.get(point.pod or "")
    if pod and pod.parent and point.role == Role.POD:
        parent = node.interfaces.get(pod.parent) if node else None
        return _lan(parent)
    if point.role in (Role.UPLINK, Role.VLAN, Role.MACVLAN, Role.IPVLAN):
        return _lan(interface)
    if case.profile.traits.bridged:
        return f"overlay {pod.vni if pod else interface.parameters.get('vni') if interface else None}"
    bridges = [each.name for each in node.of_role(Role.BRIDGE)] if node else []
    if bridges and point.role in (Role.POD, Role.VETH, Role.BRIDGE):
        ports = (
            [
                each.bridge
                for each in node.of_role(Role.VETH)
                if node and each.pod == point.pod and each.bridge
            ]
            if node
            else []
        )
        return f"{point.node} {ports[0] if ports else bridges[0]}"
    return f"{point.node} {point.pod or point.interface}"


def segment(topology: Topology, pod: Pod) -> tuple[object, object]:
    """Return the segment of a pod: tenants with another VNI or VLAN do not receive its broadcasts."""
    node = topology.nodes.get(pod.node)
    parent = node.interfaces.get(pod.parent) if node and pod.parent else None
    return pod.vni, parent.parameters.get("vlan") if parent else None


def _lan(interface: Interface | None) -> str:
    vlan = interface.parameters.get("vlan") if interface else None
    return f"lan {vlan}" if vlan else "lan"
