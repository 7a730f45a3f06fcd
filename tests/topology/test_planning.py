import subprocess

import pytest

from pcapcheck.bind.bind import Binder
from pcapcheck.documents.document import Document
from pcapcheck.topology.load import read_topology
from pcapcheck.topology.planning import PlanMeans, captures_for, chosen_pods, script

NETWORK = """
nodes:
  node1:
    interfaces:
      eth0: {kind: uplink}
      cni0: {kind: bridge}
      va: {kind: veth, pod: x/a}
      vb: {kind: veth, pod: x/b}
  node2: {interfaces: {eth0: {kind: uplink}}}
pods:
  x/a: {node: node1}
  x/b: {node: node1}
  x/h: {node: node2, host_network: true}
"""
TOPOLOGY = read_topology(Document.parse(NETWORK))
A = [TOPOLOGY.pods["x/a"]]


def test_points_are_those_on_the_way_of_the_pods():
    assert [each.pattern for each in captures_for(TOPOLOGY, A)] == [
        *("node1_eth0.pcap", "node1_cni0.pcap", "node1_va.pcap", "x_a_eth0.pcap"),
    ]


def test_without_pods_all_nodes_are_captured():
    assert {each.node for each in captures_for(TOPOLOGY, [])} == {"node1", "node2"}


def test_few_pods_are_all_chosen_but_none_of_the_host_network():
    assert [each.name for each in chosen_pods(TOPOLOGY, [])] == ["x/a", "x/b"]


def test_pods_of_the_traffic_are_chosen():
    text = NETWORK + "traffic: [{from: x/b, to: 8.8.8.8, expect: ok}]"
    assert [each.name for each in chosen_pods(read_topology(Document.parse(text)), [])] == ["x/b"]


def test_script_stores_a_topology_that_binds_its_files():
    text = script(TOPOLOGY, A, PlanMeans())
    stored = text.split("<<'END_OF_TOPOLOGY'\n")[1].split("END_OF_TOPOLOGY\n")[0]
    binder = Binder(read_topology(Document.parse(stored)), [])
    assert binder.bind("x_a_eth0.pcap").point.pod == "x/a"
    assert binder.bind("node1_va.pcap").by == "topology"


@pytest.mark.parametrize("via", ["kubectl", "ssh"])
def test_script_is_valid_shell(via):
    done = subprocess.run(["sh", "-n"], input=script(TOPOLOGY, A, PlanMeans(via=via)), text=True, check=False)
    assert done.returncode == 0


def test_names_are_quoted():
    odd = read_topology(Document.parse('nodes: {"n; rm -rf x": {interfaces: {"e $(date)": {kind: uplink}}}}'))
    for via in ("ssh", "kubectl"):
        text = script(odd, [], PlanMeans(via=via, folder="a b")).split("END_OF_TOPOLOGY\n")[1]
        assert "'n; rm -rf x'" in text or "'node/n; rm -rf x'" in text
        assert "-i e $(date)" not in text


def test_duration_snap_length_and_image_are_told():
    text = script(TOPOLOGY, A, PlanMeans(seconds=5, snap=192, image="my/image"))
    assert "timeout 5 tcpdump" in text
    assert "-s 192" in text
    assert "--image=my/image" in text
