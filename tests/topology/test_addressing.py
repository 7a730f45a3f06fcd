import pytest

from pcapcheck.documents.document import Document
from pcapcheck.topology.addressing import addressing
from pcapcheck.topology.load import read_topology

NODES = """
cluster: {pod_cidr: 10.244.0.0/16, service_cidr: 10.96.0.0/12}
nodes:
  n1:
    addresses: [192.168.10.11]
    pod_cidr: 10.244.0.0/24
    interfaces: {cni0: {kind: bridge, addresses: [10.244.0.1/24]}}
  n2: {addresses: [192.168.10.12], pod_cidr: 10.244.1.0/24}
"""


def found(text):
    return [each.what for each in addressing(read_topology(Document.parse(text)))]


def test_healthy_network_has_no_contradiction():
    assert found(NODES + "pods: {a/b: {node: n1, address: 10.244.0.5}}") == []


def test_two_pods_with_one_address():
    text = NODES + "pods: {a/b: {node: n1, address: 10.244.0.5}, a/c: {node: n1, address: 10.244.0.5}}"
    assert found(text) == ["`10.244.0.5` is of pod a/c and of pod a/b"]


def test_tenants_may_share_an_address():
    text = "pods: {a/b: {node: n1, address: 10.0.0.5, vni: 1}, a/c: {node: n1, address: 10.0.0.5, vni: 2}}"
    assert found("nodes: {n1: {}}\n" + text) == []


def test_pod_with_the_address_of_a_bridge():
    assert found(NODES + "pods: {a/b: {node: n1, address: 10.244.0.1}}") == [
        "`10.244.0.1` is of pod a/b and of node n1"
    ]


def test_pod_of_the_host_network_has_the_address_of_its_node():
    assert found(NODES + "pods: {a/b: {node: n1, address: 192.168.10.11, host_network: true}}") == []


def test_two_pods_with_one_mac():
    mac = "mac: '02:00:00:00:00:01'"
    text = f"pods: {{a/b: {{node: n1, {mac}}}, a/c: {{node: n2, {mac}}}}}"
    assert found(NODES + text) == ["`02:00:00:00:00:01` is of pod a/c and of pod a/b"]


def test_ipvlan_pods_share_the_mac_of_their_parent():
    mac = "type: ipvlan, mac: '02:00:00:00:00:01'"
    assert found(NODES + f"pods: {{a/b: {{node: n1, {mac}}}, a/c: {{node: n1, {mac}}}}}") == []


def test_pod_outside_the_block_of_its_node():
    text = NODES + "pods: {a/b: {node: n2, address: 10.244.0.5}}"
    assert found(text) == ["pod a/b has `10.244.0.5`, which is outside 10.244.1.0/24"]


@pytest.mark.parametrize(
    ("blocks", "what"),
    [
        (("10.244.0.0/23", "10.244.1.0/24"), "the block 10.244.1.0/24 of n2 overlaps 10.244.0.0/23 of n1"),
        (("10.244.0.0/24", "10.9.0.0/24"), "the block 10.9.0.0/24 of n2 is outside every pod network"),
    ],
)
def test_blocks_of_nodes(blocks, what):
    text = "cluster: {{pod_cidr: 10.244.0.0/16}}\nnodes: {{n1: {{pod_cidr: {}}}, n2: {{pod_cidr: {}}}}}"
    assert found(text.format(*blocks)) == [what]


def test_one_block_on_two_nodes_is_right_where_pods_are_bridged():
    node = "{pod_cidr: 10.244.0.0/24, interfaces: {br0: {kind: bridge}, v: {kind: veth}}}"
    assert found(f"nodes: {{n1: {node}, n2: {node}}}") == []


def test_one_block_on_two_nodes_is_wrong_where_pods_are_routed():
    node = "{pod_cidr: 10.244.0.0/24, interfaces: {v: {kind: veth}}}"
    assert len(found(f"nodes: {{n1: {node}, n2: {node}}}")) == 1


def test_two_nodes_with_one_address_or_mac():
    node = "{addresses: 10.0.0.1, interfaces: {eth0: {kind: uplink, mac: '02:00:00:00:00:01'}}}"
    assert found(f"nodes: {{n1: {node}, n2: {node}}}") == [
        "`10.0.0.1` is of node n2 and of node n1",
        "`02:00:00:00:00:01` is of node n2 and of node n1",
    ]


def test_pod_network_that_holds_services_or_nodes():
    text = "cluster: {pod_cidr: 10.0.0.0/8, service_cidr: 10.96.0.0/12}\n"
    text += "nodes: {n1: {interfaces: {eth0: {kind: uplink, addresses: 10.1.0.1/24}}}}"
    assert found(text) == [
        "the pod network 10.0.0.0/8 overlaps the service network 10.96.0.0/12",
        "the pod network 10.0.0.0/8 overlaps the subnet of node n1, 10.1.0.1/24",
    ]


def test_macvlan_pods_live_in_the_subnet_of_the_nodes():
    text = "cluster: {pod_cidr: 10.1.0.0/24}\n"
    text += "nodes: {n1: {interfaces: {eth0: {kind: uplink, addresses: 10.1.0.1/24}}}}\n"
    assert found(text + "pods: {a/b: {node: n1, address: 10.1.0.5, type: macvlan, parent: eth0}}") == []


def test_service_outside_its_network_and_endpoint_of_no_pod():
    text = NODES + "pods: {a/b: {node: n1, address: 10.244.0.5}}\n"
    endpoints = "['10.244.0.5:80', '10.244.0.9:80', '192.168.10.11:6443']"
    text += f"services: {{a/s: {{address: 10.1.0.1, endpoints: {endpoints}}}}}"
    assert found(text) == [
        "service a/s has `10.1.0.1`, which is outside 10.96.0.0/12",
        "service a/s has the endpoint `10.244.0.9:80`, but no pod has 10.244.0.9",
    ]
