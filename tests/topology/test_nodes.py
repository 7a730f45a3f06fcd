from pcapcheck.documents.cursor import Cursor
from pcapcheck.documents.document import Document
from pcapcheck.topology.load import read_interface, read_node
from pcapcheck.topology.topology import Node, Role, Route


def node(text: str) -> Node:
    return read_node("node1", Cursor.top(Document.parse(text)))


def test_interface_keeps_what_its_role_needs():
    text = (
        "kind: vtep\nmac: 06:30:41:F9:18:5F\naddresses: 10.2.0.0/32\nvni: 1\nport: 8472\nmtu: 9\nifindex: 4"
    )
    found = read_interface("flannel.1", Cursor.top(Document.parse(text)))
    assert (found.role, found.mac, found.mtu, found.ifindex) == (Role.VTEP, "06:30:41:f9:18:5f", 9, 4)
    assert found.addresses == ("10.2.0.0/32",)
    assert found.parameters == {"vni": 1, "port": 8472}


def test_node_without_addresses_has_those_of_its_uplinks():
    found = node(
        "interfaces: {eth0: {kind: uplink, addresses: 10.0.0.1/24}, b: {kind: bridge, addresses: 10.1.0.1}}"
    )
    assert found.addresses == ("10.0.0.1",)


def test_veth_is_on_the_only_bridge():
    found = node("interfaces: {cni0: {kind: bridge}, veth1: {kind: veth}}")
    assert found.interfaces["veth1"].bridge == "cni0"


def test_veth_is_on_no_bridge_where_there_are_two():
    found = node(
        "interfaces: {a: {kind: bridge}, b: {kind: bridge}, v: {kind: veth}, w: {kind: veth, bridge: b}}"
    )
    assert [found.interfaces[each].bridge for each in ("v", "w")] == [None, "b"]


def test_routes_keep_the_default_and_drop_host_bits():
    found = node("routes: [{to: default, via: 10.0.0.254, dev: eth0}, {to: 10.244.1.1/24, via: 10.0.0.2}]")
    assert found.routes == (Route("default", "10.0.0.254", "eth0"), Route("10.244.1.0/24", "10.0.0.2"))


def test_node_gives_its_interfaces_of_one_role():
    found = node("interfaces: {a: {kind: veth}, b: {kind: uplink}, c: {kind: veth}}")
    assert [each.name for each in found.of_role("veth")] == ["a", "c"]
