from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shared import CAPTURES, REASON, scenarios

from pcapcheck.documents.document import Document
from pcapcheck.topology.load import load_topology, read_topology
from pcapcheck.topology.topology import Topology
from pcapcheck.topology.writing import written

EVERYTHING = """
cluster: {profile: gre, pod_cidr: [10.244.0.0/16, "fd00::/56"], parameters: {vni: 1, to: [a, "5"]}}
nodes:
  node1:
    addresses: [192.168.10.11, "fd00::b"]
    routes: [{to: default, via: 192.168.10.1, dev: eth0}]
    interfaces:
      eth0: {kind: uplink, mac: "52:54:00:54:cd:ab", addresses: [192.168.10.11/24], mtu: 1500, ifindex: 2}
      cni0: {kind: bridge}
      vetha: {kind: veth, pod: default/a}
  "007": {}
pods:
  default/a:
    node: node1
    addresses: [10.244.0.5, "fd00::5"]
    gateway: {ip: 10.244.0.1}
    interfaces: {net1: {address: 10.9.0.1}}
  default/h: {node: "007", host_network: true, interface: any}
services:
  default/dns: {address: 10.96.0.10, ports: [{port: 53, protocol: udp}], endpoints: [], external_ips: 1.2.3.4}
  default/web: {ports: [{port: 80, node_port: 30080}], type: LoadBalancer, external_traffic_policy: Local}
routers: {192.168.10.0/24: {mac: "52:54:00:00:00:01", addresses: [192.168.10.1]}}
external: [10.244.9.0/24]
captures:
  "*.pcap": {node: node1}
  b.pcap: [{node: node1, interface: eth0, start: 2026-01-01T00:00:00.5Z, dropped: 1}, {pod: default/a}]
traffic: [{from: default/a, to: 8.8.8.8, protocol: icmp, expect: ok}]
"""


def test_everything_survives_writing_and_reading():
    topology = read_topology(Document.parse(EVERYTHING))
    assert read_topology(Document.parse(written(topology))) == topology


def test_text_is_short_and_in_the_order_of_the_design():
    assert written(read_topology(Document.parse(EVERYTHING))).splitlines()[:6] == [
        'cluster: {profile: gre, pod_cidr: [10.244.0.0/16, "fd00::/56"], parameters: {vni: 1, to: [a, "5"]}}',
        "nodes:",
        "  node1:",
        '    addresses: [192.168.10.11, "fd00::b"]',
        "    routes: [{to: default, via: 192.168.10.1, dev: eth0}]",
        "    interfaces:",
    ]


def test_remarks_are_comments():
    assert written(Topology(), ["two\nlines"]).startswith("# two\n# lines\ncluster: {}")


@given(st.text(max_size=20), st.text(max_size=20))
def test_any_text_survives(profile, parameter):
    topology = Topology(profile=profile, parameters={"x": parameter}, source="<text>")
    assert read_topology(Document.parse(written(topology))) == topology


@pytest.mark.skipif(not CAPTURES.is_dir(), reason=REASON)
@pytest.mark.parametrize("scenario", scenarios())
def test_shared_topology_survives(scenario):
    topology = load_topology(CAPTURES / scenario / "topology.yaml")
    assert replace(read_topology(Document.parse(written(topology))), source=topology.source) == topology
