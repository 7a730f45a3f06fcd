from pcapcheck.documents.cursor import Cursor
from pcapcheck.documents.document import Document
from pcapcheck.topology.load import read_service
from pcapcheck.topology.topology import Service, ServicePort


def service(text: str) -> Service:
    return read_service("default/web", Cursor.top(Document.parse(text)))


def test_service_keeps_addresses_ports_and_endpoints():
    found = service("address: 10.96.0.10\nports: [{port: 53, protocol: UDP}]\nendpoints: ['10.244.1.7:53']")
    assert found.addresses == ("10.96.0.10",)
    assert found.ports == (ServicePort(53, "udp"),)
    assert found.endpoints == ("10.244.1.7:53",)


def test_unknown_endpoints_are_not_the_same_as_none_ready():
    assert service("address: 10.96.0.10").endpoints is None
    assert service("endpoints: []").endpoints == ()


def test_service_with_a_node_port_is_a_node_port_service():
    assert service("ports: [{port: 80, node_port: 30080}]").type == "NodePort"


def test_defaults_are_those_of_kubernetes():
    assert (service("").type, service("").external_traffic_policy) == ("ClusterIP", "Cluster")
