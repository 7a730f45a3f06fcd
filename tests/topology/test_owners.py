import pytest

from pcapcheck.documents.document import Document
from pcapcheck.topology.load import read_topology
from pcapcheck.topology.owners import MacOwner, Owners
from pcapcheck.topology.topology import Owner, OwnerKind

NETWORK = """
cluster: {pod_cidr: [10.244.0.0/16, "fd00:10:244::/56"], service_cidr: 10.96.0.0/12}
nodes:
  node1:
    addresses: [192.168.10.11]
    pod_cidr: [10.244.0.0/24, "fd00:10:244:1::/64"]
    interfaces:
      eth0: {kind: uplink, mac: "52:54:00:00:00:11", addresses: [192.168.10.11/24]}
      eth1: {kind: uplink, addresses: [172.16.0.1/24]}
      flannel.1: {kind: vtep, addresses: [10.244.0.0/32]}
      cni0: {kind: bridge, addresses: [10.244.0.1/24]}
      docker0: {kind: bridge, addresses: [172.17.0.1/16]}
      cali1: {kind: veth, pod: default/web-1, mac: "ee:ee:ee:ee:ee:ee"}
      cali2: {kind: veth, mac: "ee:ee:ee:ee:ee:ee"}
    routes: [{to: default, via: 192.168.10.254}, {to: 10.244.1.0/24, via: 192.168.10.12}]
  node2:
    addresses: [192.168.10.12]
    pod_cidr: 10.244.1.0/24
    interfaces:
      eth0: {kind: uplink, addresses: [192.168.10.12/24]}
      docker0: {kind: bridge, addresses: [172.17.0.1/16]}
  node3:
    addresses: [192.168.20.13]
    interfaces:
      eth0: {kind: uplink, addresses: [192.168.20.13/24]}
      eth1: {kind: uplink, addresses: [172.16.0.3/24]}
  node4: {addresses: [192.168.10.14]}
pods:
  default/web-1: {node: node1, addresses: [10.244.0.5, "fd00:10:244:1::5"], mac: "02:00:00:00:00:05",
                  interfaces: {net1: {address: 10.9.0.5, mac: "02:00:00:00:00:06"}}}
  kube-system/proxy: {node: node2, host_network: true}
services:
  default/dns: {address: 10.96.0.10, external_ips: [203.0.113.5]}
routers: {192.168.20.0/24: {addresses: [192.168.20.1]}}
external: 10.244.9.0/24
"""
OWNERS = Owners(read_topology(Document.parse(NETWORK)))


@pytest.mark.parametrize(
    ("address", "kind", "name", "node"),
    [
        ("10.244.0.5", "pod", "default/web-1", "node1"),
        ("fd00:10:244:1::5", "pod", "default/web-1", "node1"),
        ("10.9.0.5", "pod", "default/web-1", "node1"),
        ("10.244.0.0", "node", "node1", "node1"),
        ("10.244.0.1", "node", "node1", "node1"),
        ("192.168.10.12", "node", "node2", "node2"),
        ("172.17.0.1", "node", None, None),
        ("10.96.0.10", "service", "default/dns", None),
        ("203.0.113.5", "service", "default/dns", None),
        ("10.96.0.11", "service", None, None),
        ("10.244.0.6", "pod-network", None, "node1"),
        ("fd00:10:244:1::6", "pod-network", None, "node1"),
        ("10.244.77.1", "pod-network", None, None),
        ("10.244.9.1", "external", None, None),
        ("192.168.20.1", "router", None, None),
        ("192.168.10.254", "router", None, None),
        ("8.8.8.8", "external", None, None),
        ("192.168.10.99", "external", None, None),
    ],
)
def test_address_belongs_to(address, kind, name, node):
    assert OWNERS.of(address) == Owner(OwnerKind(kind), name, node)


@pytest.mark.parametrize(
    "address",
    [
        *("224.0.0.22", "255.255.255.255", "169.254.1.1", "127.0.0.1", "0.0.0.0", "192.168.10.255"),
        *("ff02::1", "fe80::1", "::1", "::"),
    ],
)
def test_address_of_no_single_host_is_a_group(address):
    assert OWNERS.of(address).kind == OwnerKind.GROUP


def test_any_spelling_of_an_address_finds_its_owner():
    assert OWNERS.of("FD00:10:244:1:0::5").name == "default/web-1"


def test_text_that_is_no_address_has_no_owner():
    with pytest.raises(ValueError, match="is not an IPv4 address"):
        OWNERS.of("web-1")


def test_node_of_an_address():
    assert OWNERS.node_of("10.244.1.9") == "node2"
    assert OWNERS.node_of("8.8.8.8") is None


def test_mac_may_be_on_several_interfaces():
    assert OWNERS.mac_owner("52:54:00:00:00:11") == (MacOwner("node1", "eth0"),)
    assert [each.interface for each in OWNERS.mac_owner("ee:ee:ee:ee:ee:ee")] == ["cali1", "cali2"]
    assert OWNERS.mac_owner("02:00:00:00:00:06") == (MacOwner("node1", "net1", "default/web-1"),)
    assert OWNERS.mac_owner("00:00:00:00:00:01") == ()


def test_subnet_is_that_of_the_node_address():
    assert OWNERS.subnets("node1") == ("192.168.10.0/24",)
    assert OWNERS.subnets("nowhere") == ()


@pytest.mark.parametrize(
    ("node", "other", "family", "same"),
    [
        ("node1", "node2", 4, True),
        ("node1", "node3", 4, False),
        ("node1", "node1", 6, True),
        ("node1", "node4", 4, None),
        ("node1", "node2", 6, None),
    ],
)
def test_nodes_share_a_subnet_or_not_or_nobody_knows(node, other, family, same):
    assert OWNERS.same_subnet(node, other, family) is same


def owner(address, **more):
    """Return the owner of an address in the network with more under node1, or for a pod."""
    text = NETWORK
    if "interface" in more:
        text = text.replace("      cali1:", f"      {more['interface']}\n      cali1:", 1)
    if "gateways" in more:
        first, second = more["gateways"]
        text = text.replace("default/web-1: {", f"default/web-1: {{gateway: {{ip: {first}}}, ", 1)
        pod = f"  default/db-0: {{node: node2, address: 10.244.1.5, gateway: {{ip: {second}}}}}\n"
        text = text.replace("  kube-system/proxy:", pod + "  kube-system/proxy:", 1)
    found = Owners(read_topology(Document.parse(text))).of(address)
    return str(found.kind), found.name


@pytest.mark.parametrize("kind", ["uplink", "veth"])
def test_a_services_address_is_no_nodes_though_kube_ipvs0_has_it(kind):
    device = f"kube-ipvs0: {{kind: {kind}, addresses: [10.96.0.10/32]}}"
    assert owner("10.96.0.10", interface=device) == ("service", "default/dns")


def test_a_gateway_in_the_pod_network_is_its_nodes():
    assert owner("10.244.0.201", gateways=("10.244.0.201", "10.244.1.201")) == ("node", "node1")
    assert owner("10.244.1.201", gateways=("10.244.0.201", "10.244.1.201")) == ("node", "node2")


def test_a_gateway_of_several_nodes_or_outside_the_pod_network_is_no_nodes():
    assert owner("10.244.7.1", gateways=("10.244.7.1", "10.244.7.1")) == ("pod-network", None)
    assert owner("172.30.0.1", gateways=("172.30.0.1", "10.244.1.201")) == ("external", None)


def test_nodes_share_a_subnet_by_the_interface_with_their_address():
    uplink = "eth0: {kind: uplink, addresses: [192.168.20.13/24]}"
    text = NETWORK.replace(uplink, "breth0: {kind: bridge, addresses: [192.168.20.13/24]}")
    owners = Owners(read_topology(Document.parse(text)))
    assert owners.same_subnet("node1", "node3", 4) is False
