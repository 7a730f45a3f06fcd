import json
import pickle
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shared import CAPTURES, REASON, scenarios

from pcapcheck.documents.document import Document
from pcapcheck.errors import InputError
from pcapcheck.topology.contradictions import contradictions
from pcapcheck.topology.load import load_topology, read_topology
from pcapcheck.topology.owners import Owners
from pcapcheck.topology.topology import CaptureEntry, Expectation, Topology

NETWORK = """
nodes:
  node1: {interfaces: {eth0: {kind: uplink}, veth1: {kind: veth, pod: default/web-1}}}
pods:
  default/web-1: {node: node1, address: 10.244.0.5}
services:
  default/dns: {address: 10.96.0.10}
"""


def topology(text: str) -> Topology:
    return read_topology(Document.parse(text, "topology.yaml"))


def refused(text: str) -> str:
    with pytest.raises(InputError) as error:
        topology(text)
    return str(error.value)


def test_cluster_of_one_or_several_networks():
    found = topology(
        "cluster: {profile: calico-ipip, pod_cidr: [10.244.1.0/16, 'FD00::/56'], service_cidr: 10.96.0.1/12}"
    )
    assert found.profile == "calico-ipip"
    assert found.pod_cidrs == ("10.244.0.0/16", "fd00::/56")
    assert found.service_cidrs == ("10.96.0.0/12",)


def test_parameters_stay_as_they_are():
    found = topology("cluster: {parameters: {vni: 0x10, vnis: [1, 2], mode: Always}}")
    assert found.parameters == {"vni": 16, "vnis": [1, 2], "mode": "Always"}


def test_nat_outgoing_is_the_parameter_masquerade():
    assert topology("cluster: {nat_outgoing: false}").parameters == {"masquerade": False}


def test_router_is_known_by_subnet_and_by_address():
    found = topology("routers: {192.168.10.0/24: {mac: '52:54:00:AA:00:01', addresses: [192.168.10.1/24]}}")
    assert found.routers == {"192.168.10.0/24": "52:54:00:aa:00:01", "192.168.10.1": "52:54:00:aa:00:01"}


def test_router_without_mac_is_still_known():
    assert topology("routers: {192.168.10.0/24: {addresses: 192.168.10.1}}").routers["192.168.10.1"] == ""


def test_router_of_no_subnet_is_refused_at_its_key():
    assert "topology.yaml:1:11: `lan` is not an IPv4 address" in refused("routers: {lan: {}}")


def test_external_networks_are_listed():
    assert topology("external: 10.244.9.0/24").external == ("10.244.9.0/24",)


def test_capture_entries_keep_their_times_and_drops():
    text = (
        "captures: {'n_*': {node: node1, interface: e, start: 1970-01-01T00:00:01Z, dropped: 3, clock: us}}"
    )
    assert topology(NETWORK + text).captures == (
        CaptureEntry("n_*", "node1", None, "e", start=10**9, dropped=3, clock="us"),
    )


def test_one_file_may_have_several_entries():
    found = topology(
        NETWORK + "captures: {all.pcapng: [{node: node1, interface: eth0}, {pod: default/web-1}]}"
    )
    assert [(each.node, each.pod, each.interface) for each in found.captures] == [
        ("node1", None, "eth0"),
        (None, "default/web-1", "eth0"),
    ]


def test_capture_of_a_node_without_interface_is_told_by_the_file():
    assert topology(NETWORK + "captures: {a.pcapng: {node: node1}}").captures[0].interface == ""


def test_capture_of_nowhere_is_refused():
    assert "neither `node:` nor `pod:`" in refused("captures: {a.pcap: {interface: eth0}}")


def test_capture_that_ends_before_it_starts_is_refused():
    entry = "{pod: default/web-1, start: 2026-01-02T00:00:00Z, end: 2026-01-01T00:00:00Z}"
    assert "ends before it starts" in refused(f"{NETWORK}captures: {{a: {entry}}}")


def test_traffic_is_between_names_or_addresses():
    found = topology(
        NETWORK + "traffic: [{from: default/web-1, to: 8.8.8.8, protocol: TCP, port: 53, expect: blocked}]"
    )
    assert found.traffic == (Expectation("default/web-1", "8.8.8.8", "tcp", 53, "blocked"),)


@pytest.mark.parametrize(
    ("text", "message", "fix"),
    [
        ("captures: {a: {node: nod1}}", ":8:22: `nod1` is not among the nodes", "did you mean `node1`?"),
        (
            "captures: {a: {pod: web-1}}",
            ":8:21: `web-1` is not among the pods",
            "did you mean `default/web-1`?",
        ),
        (
            "traffic: [{from: a/web1, to: 10.0.0.1, expect: ok}]",
            ":8:18: `a/web1`",
            "did you mean `default/web-1`?",
        ),
    ],
)
def test_reference_to_nothing_is_refused_with_the_nearest_name(text, message, fix):
    error = refused(NETWORK + text)
    assert message in error
    assert fix in error


def test_veth_of_an_unknown_pod_is_refused():
    assert "`a/b` is not among the pods" in refused("nodes: {n: {interfaces: {v: {kind: veth, pod: a/b}}}}")


def test_veth_on_an_unknown_bridge_is_refused():
    error = refused("nodes: {n: {interfaces: {cni0: {kind: bridge}, v: {kind: veth, bridge: cni1}}}}")
    assert "did you mean `cni0`?" in error


def test_pod_on_an_unknown_node_is_refused():
    assert "`node3` is not among the nodes of this" in refused("nodes: {}\npods: {a/b: {node: node3}}")


def test_source_is_the_file():
    assert topology("nodes: {}").source == "topology.yaml"


def test_schema_is_checked_first():
    assert "did you mean `nodes`?" in refused("nods: {}")


def test_topology_can_be_sent_to_another_process():
    found = topology(NETWORK)
    assert pickle.loads(pickle.dumps(found)) == found


def test_empty_sections_are_allowed():
    text = (
        "cluster:\nnodes:\n  node1:\n  node2: {interfaces: }\npods:\nservices:\ncaptures:\ntraffic:\nrouters:"
    )
    assert list(topology(text).nodes) == ["node1", "node2"]


EVERY_KEY = """
cluster: {pod_cidr: 10.0.0.0/8, service_cidr: [10.96.0.0/12]}
nodes:
  n:
    addresses: 10.0.0.1
    pod_cidr: 10.244.0.0/24
    interfaces:
      e: {kind: uplink, mac: "02:00:00:00:00:01", addresses: [10.0.0.1/24], bridge: e, parent: e, fdb: {}}
    routes: [{to: default, via: 10.0.0.2, dev: e}]
pods:
  p: {node: n, address: 10.244.0.5, parent: e, gateway: {ip: 10.0.0.1}, interfaces: {i: {address: 10.9.0.1}}}
services:
  s: {address: 10.96.0.1, ports: [{port: 80, protocol: TCP}], endpoints: ["10.0.0.5:80"], external_ips: []}
routers: {10.0.0.0/24: {addresses: 10.0.0.2}}
external: [10.9.0.0/16]
captures:
  a: {node: n, start: "2026-01-01T00:00:00Z", end: "2026-01-01T00:00:00Z"}
  b: [{pod: p, interface: i}]
traffic: [{from: p, to: s, protocol: ICMP, expect: ok}]
"""
ODD = [
    "x",
    "",
    "10.0.0.0/99",
    "fd00::/64",
    "10.244.0.5:99999",
    None,
    True,
    0,
    -1,
    1 << 70,
    1.5,
    [],
    ["x"],
    {},
    {"x": {}},
]


def places(data, before=()):
    yield before
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from places(value, (*before, key))


@given(st.sampled_from(list(places(Document.parse(EVERY_KEY).data))), st.sampled_from(ODD))
def test_any_value_anywhere_gives_a_topology_or_an_input_error(place, odd):
    data = {"root": Document.parse(EVERY_KEY).data}
    *above, last = ("root", *place)
    part = reduce(lambda data, key: data[key], above, data)
    part[last] = odd
    try:
        found = topology(json.dumps(data["root"]))
    except InputError:
        return
    assert isinstance(contradictions(found), list)
    assert Owners(found).of("10.0.0.9") is not None


def test_missing_file_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        load_topology(tmp_path / "topology.yaml")


@pytest.mark.skipif(not CAPTURES.is_dir(), reason=REASON)
@pytest.mark.parametrize("scenario", scenarios())
def test_shared_topology_loads(scenario):
    found = load_topology(CAPTURES / scenario / "topology.yaml")
    assert found.nodes
    assert found.captures
