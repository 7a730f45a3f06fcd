"""A topology with pseudonyms: the same network, nobody's name."""

import pytest
from shared import CAPTURES, scenarios

from pcapcheck.anonymise.pseudonyms import Pseudonyms
from pcapcheck.anonymise.topologymap import anonymised_entry, anonymised_topology
from pcapcheck.topology.load import load_topology
from pcapcheck.topology.topology import CaptureEntry
from pcapcheck.topology.writing import written

MADE = Pseudonyms("k")
TEXT = """
cluster:
  profile: calico-ipip
  pod_cidr: 10.244.0.0/16
  parameters: {gateway: 169.254.1.1, mac: "52:54:00:00:00:01"}
nodes:
  shop-node:
    addresses: [192.168.10.11]
    routes: [{to: default, via: 192.168.10.1, dev: eth0}, {to: 10.244.1.0/24, via: 192.168.10.12}]
    interfaces:
      eth0: {kind: uplink, mac: "52:54:00:00:00:02", addresses: [192.168.10.11/24]}
      flannel.1: {kind: vtep, fdb: {"52:54:00:00:00:03": [192.168.10.12]}, local: 192.168.10.11}
      veth12345678: {kind: veth, pod: shop/till-0, bridge: cni0}
      cni0: {kind: bridge}
pods:
  shop/till-0: {node: shop-node, address: 10.244.0.5, gateway: {ip: 10.244.0.1, mac: "52:54:00:00:00:04"}}
services:
  shop/till: {address: 10.96.0.10, endpoints: ["10.244.0.5:53", "[fd00::5]:53"]}
routers:
  192.168.10.0/24: {mac: "52:54:00:00:00:05", addresses: [192.168.10.1]}
external: [203.0.113.0/24]
captures:
  shop-node_eth0.pcap: {node: shop-node, interface: eth0}
traffic:
  - {from: shop/till-0, to: 203.0.113.9, protocol: tcp, port: 443, expect: ok}
"""


@pytest.fixture
def topology(tmp_path):
    (tmp_path / "topology.yaml").write_text(TEXT)
    return load_topology(tmp_path / "topology.yaml")


def test_nothing_of_the_network_is_left(topology):
    text = written(anonymised_topology(topology, MADE))
    told = (
        "shop",
        "till",
        "192.168.10.",
        "10.244.0.",
        "10.96.0.10",
        "fd00::5",
        "203.0.113",
        "52:54:00",
        "12345678",
    )
    assert [each for each in told if each in text] == []


def test_what_everybody_has_is_left(topology):
    text = written(anonymised_topology(topology, MADE))
    kept = ("calico-ipip", "169.254.1.1", "eth0", "flannel.1", "cni0", "default", "443", "expect: ok")
    assert [each for each in kept if each not in text] == []


def test_it_can_be_read_again(topology, tmp_path):
    made = anonymised_topology(topology, MADE)
    (tmp_path / "made.yaml").write_text(written(made))
    again = load_topology(tmp_path / "made.yaml")
    assert written(again) == written(made)


def test_entries_of_captures_are_those_that_were_given(topology):
    entry = CaptureEntry("made.pcapng", None, "shop/till-0", "eth0", dropped=3)
    made = anonymised_entry(entry, MADE, "made.pcapng")
    assert anonymised_topology(topology, MADE, [made]).captures == (made,)
    assert (made.pod, made.dropped) == (MADE.names.pod("shop/till-0"), 3)


@pytest.mark.parametrize("name", scenarios())
def test_topology_of_a_shared_scenario_can_be_read_again(name, tmp_path):
    file = CAPTURES / name / "topology.yaml"
    if file.exists():
        made = anonymised_topology(load_topology(file), MADE)
        (tmp_path / "made.yaml").write_text(written(made))
        assert written(load_topology(tmp_path / "made.yaml")) == written(made)
