import pytest

from pcapcheck.documents.cursor import Cursor
from pcapcheck.documents.document import Document
from pcapcheck.errors import InputError
from pcapcheck.topology.load import read_pod
from pcapcheck.topology.topology import Interface, Node, Pod, Role

NODES = {"node1": Node("node1", ("192.168.10.11",), interfaces={"eth0": Interface("eth0", Role.UPLINK)})}


def pod(text: str) -> Pod:
    return read_pod("default/web-1", Cursor.top(Document.parse("node: node1\n" + text)), NODES)


def test_address_comes_first_and_no_address_twice():
    assert pod("address: 10.0.0.5\naddresses: [fd00::5, 10.0.0.5/24]").addresses == ("10.0.0.5", "fd00::5")


def test_interface_is_eth0_by_default():
    assert pod("").interface == "eth0"


def test_host_network_pod_has_the_addresses_of_its_node():
    assert pod("host_network: true").addresses == ("192.168.10.11",)


def test_pod_with_several_interfaces_has_them_by_name():
    found = pod("interfaces: {net1: {address: 10.9.0.5, mac: '02:00:00:00:00:01'}}").interfaces["net1"]
    assert (found.role, found.addresses, found.mac) == (Role.POD, ("10.9.0.5",), "02:00:00:00:00:01")


def test_gateway_has_address_and_mac():
    found = pod("gateway: {ip: 169.254.1.1, mac: 'EE:EE:EE:EE:EE:EE'}")
    assert (found.gateway_ip, found.gateway_mac) == ("169.254.1.1", "ee:ee:ee:ee:ee:ee")


def test_parent_that_the_node_lacks_is_refused():
    with pytest.raises(InputError, match="did you mean `eth0`"):
        pod("type: macvlan\nparent: eth1")


def test_node_may_be_unknown():
    assert read_pod("default/web-1", Cursor.top(Document.parse("address: 10.0.0.5")), NODES).node == ""


def test_pod_on_the_host_network_needs_its_node():
    with pytest.raises(InputError, match="needs its node"):
        read_pod("default/web-1", Cursor.top(Document.parse("host_network: true")), NODES)
