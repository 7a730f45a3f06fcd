import pytest

from pcapcheck.documents.document import Document
from pcapcheck.topology.contradictions import fitting
from pcapcheck.topology.load import read_topology


def found(text):
    return [(each.keys[-1], each.what) for each in fitting(read_topology(Document.parse(text)))]


def node(interfaces, more=""):
    return f"{more}\nnodes: {{n1: {{interfaces: {{eth0: {{kind: uplink, mtu: 1500}}, {interfaces}}}}}}}"


@pytest.mark.parametrize(
    ("interface", "fits"),
    [
        ("flannel.1: {kind: vtep, vni: 1, mtu: 1450}", True),
        ("flannel.1: {kind: vtep, vni: 1, mtu: 1451}", False),
        ("tunl0: {kind: tunnel, mtu: 1480}", True),
        ("tunl0: {kind: tunnel, mtu: 1481}", False),
        ("wg0: {kind: tunnel, type: wireguard, mtu: 1440}", True),
        ("wg0: {kind: tunnel, type: wireguard, mtu: 1441}", False),
        ("nvgre0: {kind: vtep, type: gretap, vsid: 1, mtu: 1458}", True),
        ("cilium_vxlan: {kind: vtep, type: vxlan, mtu: 1500}", True),
        ("odd: {kind: tunnel, mtu: 1500}", True),
    ],
)
def test_tunnel_must_fit_the_uplink(interface, fits):
    assert (found(node(interface)) == []) is fits


def test_tunnel_between_ipv6_nodes_has_longer_headers():
    text = node("flannel.1: {MORE}").replace("n1: {", "n1: {addresses: 'fd00::1', ")
    assert found(text.replace("MORE", "kind: vtep, vni: 1, mtu: 1430")) == []
    assert len(found(text.replace("MORE", "kind: vtep, vni: 1, mtu: 1431"))) == 1


def test_pods_must_fit_the_tunnel():
    text = node("flannel.1: {kind: vtep, vni: 1, mtu: 1450}, cni0: {kind: bridge, mtu: 1500}")
    assert found(text) == [("mtu", "the MTU 1500 of cni0 exceeds the tunnel's 1450")]


def test_veth_of_a_pod_on_another_node():
    text = (
        node("v: {kind: veth, pod: a/b}").replace("nodes: {", "nodes: {n2: {}, ")
        + "\npods: {a/b: {node: n2}}"
    )
    assert found(text) == [("pod", "v of node n1 is of pod a/b, but that lives on n2")]


def test_two_veths_of_one_pod():
    text = node("v: {kind: veth, pod: a/b}, w: {kind: veth, pod: a/b}") + "\npods: {a/b: {node: n1}}"
    assert found(text) == [("pod", "w and v are both of pod a/b, which has one interface")]


def test_numbers_must_be_those_of_the_cluster():
    text = node(
        "flannel.1: {kind: vtep, vni: 2, port: 4789}", "cluster: {parameters: {vni: 1, vxlan_port: 8472}}"
    )
    assert found(text) == [
        ("vni", "flannel.1 has vni 2, the cluster's parameters say 1"),
        ("port", "flannel.1 has port 4789, the cluster's parameters say 8472"),
    ]


def test_capture_at_an_interface_of_unknown_role():
    text = node("cni0: {kind: bridge}") + "\ncaptures: {a.pcap: {node: n1, interface: xyz}}"
    assert found(text) == [("a.pcap", "node n1 has no `xyz`, and this name does not reveal a role")]
