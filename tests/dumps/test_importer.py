import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shared import CAPTURES, REASON, scenarios

from pcapcheck.documents.document import Document
from pcapcheck.dumps.importer import import_topology
from pcapcheck.errors import InputError
from pcapcheck.topology.load import load_topology, read_topology
from pcapcheck.topology.topology import Topology
from pcapcheck.topology.writing import written

# What a faulty cluster's dumps cannot tell: a pod lost its address, all pods have the wrong mode or MTU.
LOST = {
    "fault-arp-unanswered-macvlan",
    "fault-duplicate-ip",
    "fault-macvlan-private-leak",
    "fault-outer-fragmentation",
}


@pytest.mark.skipif(not CAPTURES.is_dir(), reason=REASON)
@pytest.mark.parametrize("scenario", scenarios())
def test_imported_topology_loads(scenario):
    found = import_topology(CAPTURES / scenario / "state")
    again = read_topology(Document.parse(written(found)))
    assert replace(again, source=found.source, notes=found.notes) == replace(found, captures=())


@pytest.mark.skipif(not CAPTURES.is_dir(), reason=REASON)
@pytest.mark.parametrize("scenario", [each for each in scenarios() if each not in LOST])
def test_imported_topology_is_the_one_that_was_meant(scenario):
    found = import_topology(CAPTURES / scenario / "state")
    meant = load_topology(CAPTURES / scenario / "topology.yaml")
    assert (found.profile, found.parameters) == (meant.profile, meant.parameters)
    assert found.services == meant.services
    assert {name: replace(pod, identity=None) for name, pod in found.pods.items()} == {
        name: replace(pod, identity=None) for name, pod in meant.pods.items()
    }
    assert {name: substance(node) for name, node in found.nodes.items()} == {
        name: substance(node) for name, node in meant.nodes.items()
    }


def substance(node):
    """Return what both files must say of a node; type and index are said by the dumps only."""
    interfaces = {}
    for name, each in node.interfaces.items():
        if name == "cilium_host":  # the node's address in the pod network, which nobody wrote down
            continue
        parameters = {key: value for key, value in each.parameters.items() if key != "type"}
        bridge = each.bridge if each.role == "veth" and len(node.of_role("bridge")) == 1 else None
        interfaces[name] = replace(each, ifindex=None, bridge=bridge, parameters=parameters)
    return node.addresses, interfaces


def test_kubernetes_alone_gives_nodes_and_pods(tmp_path):
    node = {
        "metadata": {"name": "n1"},
        "status": {"addresses": [{"type": "InternalIP", "address": "10.0.0.1"}]},
    }
    pod = {
        "metadata": {"name": "p", "namespace": "a"},
        "spec": {"nodeName": "n1"},
        "status": {"podIP": "10.244.0.5"},
    }
    items = [{"kind": "Node", **node, "spec": {"podCIDR": "10.244.0.0/24"}}, {"kind": "Pod", **pod}]
    (tmp_path / "all.json").write_text(json.dumps({"kind": "List", "items": items}))
    found = import_topology(tmp_path)
    assert found.nodes["n1"].pod_cidrs == ("10.244.0.0/24",)
    assert found.pods["a/p"].addresses == ("10.244.0.5",)


def test_gateway_of_a_node_is_a_router(tmp_path):
    links = [
        {"ifname": "ens5", "mtu": 1500, "ifindex": 2, "link_type": "ether", "address": "52:54:00:00:00:01"}
    ]
    addresses = [{**links[0], "addr_info": [{"local": "10.0.0.5", "prefixlen": 24, "scope": "global"}]}]
    routes = [{"dst": "default", "gateway": "10.0.0.1", "dev": "ens5"}]
    neighbours = [{"dst": "10.0.0.1", "dev": "ens5", "lladdr": "52:54:00:00:00:fe", "state": ["STALE"]}]
    dump = {"ip -j addr": addresses, "ip -j route": routes, "ip -j neigh": neighbours}
    (tmp_path / "n1.json").write_text(json.dumps(dump))
    assert import_topology(tmp_path).routers == {
        "10.0.0.0/24": "52:54:00:00:00:fe",
        "10.0.0.1": "52:54:00:00:00:fe",
    }


VALUES = (
    st.none()
    | st.integers(-1, 5000)
    | st.sampled_from(["eth0", "10.0.0.1", "10.0.0.0/24", "02:00:00:00:00:01", "x"])
)
KEYS = [
    "ifname",
    "mtu",
    "ifindex",
    "link_index",
    "address",
    "dst",
    "gateway",
    "dev",
    "mac",
    "lladdr",
    "link_netnsid",
]
ROWS = st.lists(st.dictionaries(st.sampled_from(KEYS), VALUES), max_size=5)


@given(st.lists(ROWS, min_size=1, max_size=3))
def test_odd_dumps_give_a_topology_or_an_input_error(tmp_path_factory, dumps):
    folder = tmp_path_factory.mktemp("odd")
    for number, rows in enumerate(dumps):
        (folder / f"n{number}.json").write_text(json.dumps({"ip -j link": rows}))
    try:
        found = import_topology(folder)
    except InputError:
        return
    assert isinstance(read_topology(Document.parse(written(found))), Topology)


def test_node_that_only_a_pod_names_is_a_node(tmp_path):
    pod = {"kind": "Pod", "metadata": {"name": "p", "namespace": "a"}, "spec": {"nodeName": "n7"}}
    pod["status"] = {"podIP": "10.244.0.5"}
    (tmp_path / "pod.json").write_text(json.dumps(pod))
    found = import_topology(tmp_path)
    assert list(found.nodes) == ["n7"]
    assert read_topology(Document.parse(written(found))).pods["a/p"].node == "n7"
