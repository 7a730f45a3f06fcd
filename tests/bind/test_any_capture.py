import pytest

from pcapcheck.bind.any_capture import IndexFacts, settle_any
from pcapcheck.documents.document import Document
from pcapcheck.topology.load import read_topology

FLANNEL = """
nodes:
  node1:
    interfaces:
      eth0: {kind: uplink, mac: "52:54:00:00:00:11", addresses: [192.168.10.11/24]}
      flannel.1: {kind: vtep, mac: "06:00:00:00:00:01", addresses: [10.244.0.0/32]}
      cni0: {kind: bridge, mac: "66:00:00:00:00:01", addresses: [10.244.0.1/24]}
      vetha: {kind: veth, pod: default/a, mac: "e6:00:00:00:00:0a"}
      vethb: {kind: veth, pod: default/b, mac: "e6:00:00:00:00:0b"}
  node2:
    interfaces:
      eth0: {kind: uplink, mac: "52:54:00:00:00:12", addresses: [192.168.10.12/24]}
      flannel.1: {kind: vtep, mac: "06:00:00:00:00:02", addresses: [10.244.1.0/32]}
pods:
  default/a: {node: node1, address: 10.244.0.5, mac: "02:00:00:00:00:0a"}
  default/b: {node: node1, address: 10.244.0.6, mac: "02:00:00:00:00:0b"}
  default/c: {node: node2, address: 10.244.1.7, mac: "02:00:00:00:00:0c"}
"""
CALICO = """
nodes:
  node1:
    interfaces:
      eth0: {kind: uplink, mac: "52:54:00:00:00:11"}
      cali1: {kind: veth, pod: default/a, mac: "ee:ee:ee:ee:ee:ee"}
      cali2: {kind: veth, pod: default/b, mac: "ee:ee:ee:ee:ee:ee"}
      tunl0: {kind: tunnel}
      wireguard.cali: {kind: tunnel}
pods:
  default/a: {node: node1, address: 10.244.0.5, mac: "02:00:00:00:00:0a"}
  default/b: {node: node1, address: 10.244.0.6, mac: "02:00:00:00:00:0b"}
"""
VLAN = """
nodes:
  node1:
    interfaces:
      eth0: {kind: uplink, mac: "52:54:00:00:00:11", addresses: [192.168.10.11/24]}
      eth0.5: {kind: vlan, mac: "52:54:00:00:00:11", addresses: [192.168.30.11/24], parent: eth0, vlan: 5}
"""
A, B, C = (f"02:00:00:00:00:0{each}" for each in "abc")
UPLINK, BRIDGE, VTEP, HOST = (
    "52:54:00:00:00:11",
    "66:00:00:00:00:01",
    "06:00:00:00:00:01",
    "ee:ee:ee:ee:ee:ee",
)
PLAIN, VXLAN = "sll2:ip:tcp", "sll2:ip:udp:vxlan:eth:ip:tcp"
AC = frozenset({("10.244.0.5", "10.244.1.7"), ("10.244.1.7", "10.244.0.5")})
AB = frozenset({("10.244.0.5", "10.244.0.6"), ("10.244.0.6", "10.244.0.5")})


def facts(index, sources, stack=PLAIN, pairs=AC, hatype=1):
    packets = dict.fromkeys(sources, 5)
    macs = {kind: frozenset(each) for kind, each in sources.items()}
    return IndexFacts(index, hatype, packets, macs, frozenset({stack}), pairs)


def settled(text, *seen):
    return settle_any(read_topology(Document.parse(text)), "node1", seen)


def test_flannel_node_is_told_apart():
    seen = (
        facts(2, {4: {UPLINK}, 0: {"52:54:00:00:00:12"}}, VXLAN),
        facts(3, {4: {VTEP}, 0: {"06:00:00:00:00:02"}}),
        facts(4, {4: {BRIDGE}, 0: {A}}),
        facts(5, {4: {BRIDGE}, 3: {A}}),
    )
    assert settled(FLANNEL, *seen) == {2: "eth0", 3: "flannel.1", 4: "cni0", 5: "vetha"}


def test_ports_of_a_bridge_are_told_apart_by_what_their_pods_send():
    seen = (facts(5, {4: {B}, 3: {A}}, pairs=AB), facts(6, {4: {A}, 3: {B}}, pairs=AB))
    assert settled(FLANNEL, *seen) == {5: "vetha", 6: "vethb"}


def test_calico_veths_share_a_mac_and_are_told_apart_by_their_pods():
    seen = (
        facts(7, {4: {HOST}, 0: {A}}),
        facts(8, {4: {HOST}, 0: {B}}, pairs=frozenset({("10.244.0.6", "10.244.1.7")})),
        facts(3, {4: set()}, hatype=768),
        facts(2, {4: {UPLINK}}, "sll2:ip:ip:tcp"),
    )
    assert settled(CALICO, *seen) == {7: "cali1", 8: "cali2", 3: "tunl0", 2: "eth0"}


def test_hardware_type_tells_tunnels_apart():
    seen = (facts(3, {}, hatype=768), facts(9, {}, hatype=65534))
    assert settled(CALICO, *seen) == {3: "tunl0", 9: "wireguard.cali"}


def test_loopback_is_lo():
    assert settled(CALICO, facts(1, {}, hatype=772)) == {1: "lo"}


def test_index_of_the_topology_settles_all():
    text = f'{{eth0: {{kind: uplink, ifindex: 7}}, eth1: {{kind: uplink, mac: "{A}"}}}}'
    assert settled(f"nodes: {{node1: {{interfaces: {text}}}}}", facts(7, {4: {A}})) == {7: "eth0"}


def test_vlan_shares_the_mac_of_its_parent_but_has_no_tags():
    pairs = frozenset({("192.168.30.11", "192.168.30.12")})
    seen = (facts(2, {4: {UPLINK}}, "sll2:vlan:ip:tcp", pairs), facts(3, {4: {UPLINK}}, PLAIN, pairs))
    assert settled(VLAN, *seen) == {2: "eth0", 3: "eth0.5"}


def test_what_fits_two_interfaces_equally_is_left_out():
    text = f'{{a: {{kind: uplink, mac: "{A}"}}, b: {{kind: uplink, mac: "{A}"}}}}'
    assert settled(f"nodes: {{node1: {{interfaces: {text}}}}}", facts(2, {4: {A}})) == {}


def test_index_that_was_never_used_is_left_out():
    assert settled(FLANNEL, facts(2, {})) == {}


def test_unknown_node_has_nothing_to_settle():
    assert settle_any(read_topology(Document.parse(CALICO)), "node9", [facts(1, {}, hatype=772)]) == {}


@pytest.mark.parametrize(("stack", "tunnelled"), [(PLAIN, False), ("sll2:ip:ipv6:tcp", True), (VXLAN, True)])
def test_tunnel_is_a_carrier_or_two_networks(stack, tunnelled):
    assert facts(1, {}, stack).tunnelled is tunnelled


def test_bridge_that_took_the_mac_of_a_port_is_told_apart():
    # As measured on Linux 6.1 with two pods, TCP among them and with the node.
    abg = frozenset({*AB, ("10.244.0.5", "10.244.0.1"), ("10.244.0.1", "10.244.0.6")})
    seen = (
        facts(2, {0: {A, B}, 1: {A}, 2: {A, B}, 4: {BRIDGE}}, pairs=abg - AB),
        facts(3, {0: {A}, 1: {A}, 2: {A}, 3: {A}, 4: {BRIDGE, B}}, pairs=abg),
        facts(4, {2: {B}, 3: {B}, 4: {BRIDGE, A, "e6:00:00:00:00:0b"}}, pairs=abg),
    )
    assert settled(FLANNEL, *seen) == {2: "cni0", 3: "vetha", 4: "vethb"}
