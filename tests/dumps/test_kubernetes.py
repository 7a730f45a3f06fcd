import json

from hypothesis import given
from hypothesis import strategies as st

from pcapcheck.dumps.kubernetes import Cluster, read_cluster
from pcapcheck.topology.topology import ServicePort


def thing(kind, name, **parts):
    return {"kind": kind, "metadata": {"name": name, "namespace": "default"}, **parts}


def test_node_has_its_internal_addresses_and_blocks():
    addresses = [{"type": "InternalIP", "address": "10.0.0.1"}, {"type": "Hostname", "address": "n1"}]
    node = {"kind": "Node", "metadata": {"name": "n1"}, "status": {"addresses": addresses}}
    found = read_cluster([{**node, "spec": {"podCIDRs": ["10.244.0.0/24", "fd00::/64"]}}]).nodes["n1"]
    assert (found.addresses, found.pod_cidrs) == (("10.0.0.1",), ("10.244.0.0/24", "fd00::/64"))


def test_the_end_of_flannels_tunnel_is_an_address_of_the_node():
    node = {
        "kind": "Node",
        "metadata": {
            "name": "n1",
            "annotations": {
                "flannel.alpha.coreos.com/public-ip": "10.0.0.1",
                "flannel.alpha.coreos.com/public-ip-overwrite": "203.0.113.7",
                "flannel.alpha.coreos.com/public-ipv6": "none",
            },
        },
        "status": {"addresses": [{"type": "InternalIP", "address": "10.0.0.1"}]},
    }
    assert read_cluster([node]).nodes["n1"].addresses == ("10.0.0.1", "203.0.113.7")


def test_blocks_of_the_cni_replace_those_of_kubernetes():
    node = {"kind": "Node", "metadata": {"name": "n1"}, "spec": {"podCIDR": "10.244.0.0/24"}}
    block = {
        "kind": "BlockAffinity",
        "metadata": {"name": "x"},
        "spec": {"node": "n1", "cidr": "10.9.0.0/26"},
    }
    cilium = {
        "kind": "CiliumNode",
        "metadata": {"name": "n2"},
        "spec": {"ipam": {"podCIDRs": ["10.8.0.0/24"]}},
    }
    found = read_cluster([node, block, cilium]).nodes
    assert {name: each.pod_cidrs for name, each in found.items()} == {
        "n1": ("10.9.0.0/26",),
        "n2": ("10.8.0.0/24",),
    }


def test_pod_has_node_addresses_and_identity():
    status = {"podIPs": [{"ip": "10.244.0.5"}, {"ip": "fd00::5"}]}
    pod = thing("Pod", "web-1", spec={"nodeName": "n1"}, status=status)
    endpoint = thing("CiliumEndpoint", "web-1", status={"identity": {"id": 51447}})
    found = read_cluster([endpoint, pod]).pods["default/web-1"]
    assert (found.node, found.addresses, found.identity) == ("n1", ("10.244.0.5", "fd00::5"), 51447)


def test_pod_that_ended_or_waits_is_left_out():
    ended = thing("Pod", "a", spec={"nodeName": "n1"}, status={"phase": "Succeeded"})
    assert read_cluster([ended, thing("Pod", "b", status={"phase": "Pending"})]).pods == {}


def test_networks_of_multus_are_read():
    text = json.dumps([{"name": "x", "interface": "net1", "ips": ["10.9.0.1"]}])
    metadata = {"name": "a", "namespace": "n", "annotations": {"k8s.v1.cni.cncf.io/network-status": text}}
    found = read_cluster([{"kind": "Pod", "metadata": metadata, "spec": {"nodeName": "n1"}}]).pods["n/a"]
    assert found.networks[0]["interface"] == "net1"


def test_service_has_its_ready_endpoints():
    ports = [{"port": 80, "protocol": "TCP", "nodePort": 30080}]
    service = thing("Service", "web", spec={"clusterIP": "10.96.0.1", "ports": ports, "type": "NodePort"})
    metadata = {"name": "web-x", "namespace": "default", "labels": {"kubernetes.io/service-name": "web"}}
    endpoints = [
        {"addresses": ["10.244.1.6"], "conditions": {"ready": True}},
        {"addresses": ["10.244.1.7"], "conditions": {"ready": False}},
    ]
    piece = {"kind": "EndpointSlice", "metadata": metadata, "endpoints": endpoints, "ports": [{"port": 8080}]}
    found = read_cluster([service, piece]).services["default/web"]
    assert found.addresses == ("10.96.0.1",)
    assert found.ports == (ServicePort(80, "tcp", 30080),)
    assert found.endpoints == ("10.244.1.6:8080",)


def test_service_without_endpoint_objects_has_unknown_endpoints():
    found = read_cluster([thing("Service", "web", spec={"clusterIP": "None"})]).services["default/web"]
    assert (found.type, found.endpoints, found.addresses) == ("Headless", None, ())


def test_old_endpoints_are_read_too():
    subsets = [{"addresses": [{"ip": "fd00::7"}], "ports": [{"port": 53}]}]
    service = thing("Service", "dns", spec={"clusterIPs": ["10.96.0.10"]})
    found = read_cluster([service, thing("Endpoints", "dns", subsets=subsets)]).services["default/dns"]
    assert found.endpoints == ("[fd00::7]:53",)


def test_pools_and_service_networks_are_kept():
    pool = {
        "kind": "IPPool",
        "metadata": {"name": "p"},
        "spec": {"cidr": "10.244.0.0/16", "natOutgoing": True},
    }
    cidr = {
        "kind": "ServiceCIDR",
        "metadata": {"name": "kubernetes"},
        "spec": {"cidrs": ["10.96.0.0/12", "x"]},
    }
    found = read_cluster([pool, cidr])
    assert (found.pools[0]["natOutgoing"], found.service_cidrs) == (True, ("10.96.0.0/12",))


KEYS = st.sampled_from(["metadata", "spec", "status", "name", "addresses", "ports", "podIPs", "items", "ip"])
LEAVES = st.none() | st.integers() | st.text(max_size=5)
JSON = st.recursive(LEAVES, lambda each: st.lists(each) | st.dictionaries(KEYS, each), max_leaves=20)
KINDS = ["Node", "Pod", "Service", "EndpointSlice", "Endpoints", "IPPool", "CiliumNode"]


@given(st.sampled_from(KINDS), JSON)
def test_odd_objects_give_what_can_be_read(kind, odd):
    things = odd if isinstance(odd, dict) else {"spec": odd}
    assert isinstance(read_cluster([{"metadata": {}, **things, "kind": kind}]), Cluster)
