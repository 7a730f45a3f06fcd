"""The nodes and pods of a topology, from what hosts and Kubernetes say about them together.

Takes hosts, where they live, and Kubernetes's records; gives nodes and pods. Hosts are matched with
Kubernetes's records by address, then by name. A pod that was not dumped is found behind a node's interface
by its address. Where no pod is named at all, the nodes' neighbours count as pods.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from pcapcheck.dumps.host import Host, Link
from pcapcheck.dumps.iplink import interface_of
from pcapcheck.dumps.kubernetes import Cluster, KubeNode, KubePod
from pcapcheck.dumps.residence import Residence, Residences
from pcapcheck.dumps.tables import pods_behind
from pcapcheck.topology.aliases import Aliases
from pcapcheck.topology.devices import DEVICE_KINDS
from pcapcheck.topology.topology import Interface, Node, Pod, Role, Topology

_ON_PARENT: Final = frozenset(each.kind for each in DEVICE_KINDS.values() if each.on_parent and each.role)


@dataclass(slots=True)
class Members:
    """The nodes with their hosts (None for a node that was not dumped), and the pods."""

    nodes: dict[str, Node] = field(default_factory=dict)
    hosts: dict[str, Host] = field(default_factory=dict)  # of nodes, by the node's name
    pods: dict[str, Pod] = field(default_factory=dict)
    lengths: dict[str, list[str]] = field(
        default_factory=dict
    )  # node -> addresses of its pods with prefix length
    notes: list[str] = field(default_factory=list)


def gather(hosts: Mapping[str, Host], residences: Residences, cluster: Cluster) -> Members:
    """Return the nodes and pods without blocks and profile, which are concluded from all of them later."""
    members = Members()
    names = {host: _node_name(hosts[host], cluster) for host in residences.nodes}
    members.hosts = {names[host]: hosts[host] for host in residences.nodes}
    if not residences.pods and not cluster.pods:
        cluster.pods = pods_behind(members.hosts)
    for pod, homes in residences.pods.items():
        _add_dumped(members, hosts[pod], homes, names, cluster)
    for name, record in cluster.pods.items():
        if name not in members.pods:
            _add_undumped(members, name, record, names)
    veths = {
        (pod.node, link.name): pod.name for pod in members.pods.values() for link in _links_of(pod, members)
    }
    for home in (
        each for several in residences.pods.values() for each in several if each.inside.kind == "veth"
    ):
        veths[names[home.node], home.outside.name] = _pod_name(hosts[home.pod], cluster)
    for name, host in members.hosts.items():
        members.nodes[name] = _node(
            name,
            host,
            cluster.nodes.get(name),
            {link: pod for (node, link), pod in veths.items() if node == name},
        )
    named = {name: Node(name, each.addresses, each.pod_cidrs) for name, each in cluster.nodes.items()}
    hosting = {each.node: Node(each.node) for each in members.pods.values()}
    members.nodes = hosting | named | members.nodes
    members.nodes = {name: members.nodes[name] for name in (*members.hosts, *named, *hosting)}
    return members


def _node(name: str, host: Host, record: KubeNode | None, veths: Mapping[str, str]) -> Node:
    masters = frozenset(each.master for each in host.links.values() if each.master)
    found = (
        interface_of(link, pod=veths.get(link.name), masters=masters, listening=host.listening.get(link.name))
        for link in sorted(host.links.values(), key=lambda each: each.index)
    )
    interfaces = {each.name: each for each in found if each}
    underlay = (each for each in interfaces.values() if each.role in (Role.UPLINK, Role.VLAN))
    own = tuple(address.partition("/")[0] for each in underlay for address in each.addresses)
    return Node(
        name, (record.addresses if record else ()) or own, record.pod_cidrs if record else (), interfaces
    )


def _node_name(host: Host, cluster: Cluster) -> str:
    """Return Kubernetes's name for a host: of the node with one of its addresses, or a similar name."""
    addresses = {each.partition("/")[0] for link in host.links.values() for each in link.addresses}
    for name, record in cluster.nodes.items():
        if addresses & set(record.addresses):
            return name
    aliases = Aliases(Topology(nodes={name: Node(name) for name in cluster.nodes}))
    return aliases.node(host.name) or host.name


def _pod_name(host: Host, cluster: Cluster) -> str:
    """Return Kubernetes's name for a pod; else the host's, in `default` if it has no namespace."""
    addresses = {each.partition("/")[0] for link in host.links.values() for each in link.addresses}
    for name, record in cluster.pods.items():
        if addresses & set(record.addresses) and not record.host_network:
            return name
    namespace, _, rest = host.name.partition("_")
    return f"{namespace}/{rest}" if rest else f"default/{host.name}"


def _add_dumped(
    members: Members, host: Host, homes: list[Residence], names: Mapping[str, str], cluster: Cluster
) -> None:
    """Add a pod whose own interfaces were dumped."""
    first, node = homes[0], names[homes[0].node]
    name = _pod_name(host, cluster)
    kind = first.inside.kind if first.inside.kind in _ON_PARENT else None
    record = cluster.pods.get(name)
    members.pods[name] = Pod(
        name=name,
        node=node,
        addresses=tuple(each.partition("/")[0] for each in first.inside.addresses),
        mac=first.inside.mac or None,
        interface=first.inside.name,
        interfaces={each.inside.name: _inside(each.inside) for each in homes} if len(homes) > 1 else {},
        type=kind,
        mode=str(first.inside.data.get("mode") or "") or None if kind else None,
        parent=first.outside.name if kind else None,
        identity=record.identity if record else None,
    )
    members.lengths.setdefault(node, []).extend(first.inside.addresses)


def _inside(link: Link) -> Interface:
    return Interface(link.name, Role.POD, link.mac or None, tuple(link.addresses), link.mtu or None)


def _add_undumped(members: Members, name: str, record: KubePod, names: Mapping[str, str]) -> None:
    """Add a pod that only Kubernetes knows, with the MAC in its node's neighbour table."""
    host = members.hosts.get(record.node)
    neighbours = host.neighbours if host and not record.host_network else ()
    macs = [
        str(row["lladdr"]) for row in neighbours if row.get("dst") in record.addresses and row.get("lladdr")
    ]
    told = [str(each["mac"]) for each in record.networks if each.get("default") and each.get("mac")]
    several = {
        str(each["interface"]): Interface(
            str(each["interface"]), Role.POD, each.get("mac"), tuple(map(str, each.get("ips") or ()))
        )
        for each in record.networks
        if each.get("interface")
    }
    members.pods[name] = Pod(
        name=name,
        node=record.node,
        addresses=record.addresses,
        mac=next(iter((*told, *macs)), None),
        interfaces=several if len(several) > 1 else {},
        host_network=record.host_network,
        identity=record.identity,
    )


def _links_of(pod: Pod, members: Members) -> list[Link]:
    """Return the node's interfaces behind which a pod's MAC or address is."""
    host = members.hosts.get(pod.node)
    if host is None or pod.host_network or pod.type:
        return []
    veths = [each for each in host.links.values() if each.kind == "veth" and each.far]
    return [
        each
        for each in veths
        if (pod.mac and pod.mac in host.macs_behind(each)) or set(pod.addresses) & host.addresses_behind(each)
    ]
