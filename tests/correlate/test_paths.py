"""Expected paths: steps from a template and a topology."""

from dataclasses import replace

import pytest
from clusters import cluster, hop, node, template

from pcapcheck.correlate.paths import Ends, PathHop, Paths, reverse
from pcapcheck.topology.topology import Interface, Role

ENDS = Ends(
    "default/pod1", "node1", "default/pod2", "node2", None, "pod-to-pod", "cross-node", back=False, version=4
)
NAMES = ["eth0", "veth1", "cni0", "flannel.1", "eth0", "eth0", "flannel.1", "cni0", "veth2", "eth0"]


def expected(ends=ENDS, topology=None, path=template):
    return Paths(path, topology or cluster()).expected(ends)


def with_interface(number, each):
    """Return a node with one interface more."""
    made = node(number)
    return replace(made, interfaces={**made.interfaces, each.name: each})


def test_steps_are_the_interfaces_of_the_path():
    steps = expected()
    assert [step.interfaces for step in steps] == [(name,) for name in NAMES]
    assert [step.node for step in steps] == ["node1"] * 5 + ["node2"] * 5
    assert [step.form for step in steps if step.form != "plain"] == ["vxlan", "vxlan"]
    assert (steps[0].pod, steps[1].pod, steps[2].pod) == ("default/pod1", "default/pod1", None)


def test_the_way_back_falls_between_the_same_hops():
    answer = replace(
        ENDS,
        source_pod="default/pod2",
        source_node="node2",
        destination_pod="default/pod1",
        destination_node="node1",
        back=True,
    )
    steps, back = expected(), expected(answer)
    assert [step.interfaces for step in back] == [step.interfaces for step in steps][::-1]
    assert [step.routed for step in steps] == [(0, 0)] * 3 + [(1, 1)] + [(0, 0)] * 3 + [(1, 1)] + [(0, 0)] * 2
    assert [step.routed for step in back][1:] == [step.routed for step in steps][:0:-1]
    assert [step.side for step in back] == ["source"] * 5 + ["destination"] * 5


def test_reverse_of_the_reverse_is_the_path():
    path = (
        hop("pod", "source"),
        PathHop("uplink", "via", routed=(1, None)),
        hop("pod", "destination", routed=2),
    )
    assert reverse(reverse(path)) == path


def test_hop_that_no_interface_can_be_is_left_out_with_its_routing_kept():
    bare = replace(node(1), interfaces={n: i for n, i in node(1).interfaces.items() if n != "flannel.1"})
    steps = expected(topology=cluster(bare, node(2)))
    assert [step.interfaces[0] for step in steps[:5]] == ["eth0", "veth1", "cni0", "eth0", "eth0"]
    assert steps[3].routed == (1, 1)


def test_any_number_of_routers_stays_any_number():
    path = (
        hop("pod", "source"),
        PathHop("tunnel", "source", routed=(1, 1)),
        PathHop("uplink", "source", routed=(0, None)),
    )
    steps = expected(path=lambda who, where: path)
    assert [step.routed for step in steps] == [(0, 0), (1, None)]


def test_passes_over_one_point_are_counted():
    path = (hop("uplink", "source"), hop("uplink", "source", "vxlan"), hop("uplink", "destination"))
    assert [step.number for step in expected(path=lambda who, where: path)] == [1, 2, 1]


def test_several_uplinks_are_one_hop():
    two = with_interface(1, Interface("eth1", Role.UPLINK))
    assert expected(topology=cluster(two, node(2)))[4].interfaces == ("eth0", "eth1")


def test_device_of_the_other_family_is_no_hop():
    six = with_interface(1, Interface("flannel-v6.1", Role.VTEP, addresses=("fd00:244:1::/128",)))
    topology = cluster(six, node(2))
    assert expected(topology=topology)[3].interfaces == ("flannel.1",)
    assert expected(replace(ENDS, version=6), topology)[3].interfaces == ("flannel-v6.1",)


def test_only_the_veth_of_the_pod_is_a_hop():
    other = with_interface(1, Interface("vethx", Role.VETH, pod="default/other", bridge="cni0"))
    assert expected(topology=cluster(other, node(2)))[1].interfaces == ("veth1",)


def test_only_the_bridge_of_the_pods_veth_is_a_hop():
    other = with_interface(1, Interface("br1", Role.BRIDGE))
    assert expected(topology=cluster(other, node(2)))[2].interfaces == ("cni0",)


def test_pod_on_an_interface_of_its_own_uses_its_parent():
    topology = cluster(with_interface(1, Interface("eth1", Role.UPLINK)), node(2))
    pods = {**topology.pods, "default/pod1": replace(topology.pods["default/pod1"], parent="eth1")}
    path = (hop("pod", "source"), hop("uplink", "source"))
    steps = expected(topology=replace(topology, pods=pods), path=lambda who, where: path)
    assert [step.interfaces for step in steps] == [("eth0",), ("eth1",)]


def test_vlan_of_the_parent_leads_to_the_interface_under_it():
    vlan = Interface("eth0.5", Role.VLAN, parent="eth0")
    topology = cluster(with_interface(1, vlan), node(2))
    pods = {**topology.pods, "default/pod1": replace(topology.pods["default/pod1"], parent="eth0.5")}
    path = (hop("vlan", "source"), hop("uplink", "source"))
    steps = Paths(lambda who, where: path, replace(topology, pods=pods)).expected(ENDS)
    assert [step.interfaces for step in steps] == [("eth0.5",), ("eth0",)]


@pytest.mark.parametrize("ends", [replace(ENDS, source_pod=None, source_node=None), replace(ENDS, where="")])
def test_unknown_ends_have_no_path_there(ends):
    assert all(step.node == "node2" for step in expected(ends))


def test_encrypted_hops_are_opaque():
    path = (hop("uplink", "source", "wireguard"), hop("uplink", "destination"))
    assert [step.opaque for step in expected(path=lambda who, where: path)] == [True, False]


def bonded():
    """Return a topology whose node1 has a bond of two NICs."""
    nic = {"role": Role.UPLINK, "mac": "52:54:00:a1:51:01", "parent": "bond0"}
    given = [Interface("bond0", Role.UPLINK, mac="52:54:00:a1:51:01"), Interface("ens1f0", **nic)]
    made = node(1)
    kept = {name: each for name, each in made.interfaces.items() if each.role != Role.UPLINK}
    return replace(made, interfaces={**kept, **{each.name: each for each in given}})


def test_a_bond_is_crossed_before_its_slave_on_the_way_out_and_after_it_on_the_way_in():
    topology = replace(cluster(), nodes={**cluster().nodes, "node1": bonded()})
    out = [step.interfaces for step in expected(topology=topology) if step.role == "uplink"]
    assert out == [("bond0",), ("ens1f0",), ("eth0",)]
    answer = replace(
        ENDS,
        source_pod="default/pod2",
        source_node="node2",
        destination_pod="default/pod1",
        destination_node="node1",
        back=True,
    )
    back = [step.interfaces for step in expected(answer, topology) if step.role == "uplink"]
    assert back == [("eth0",), ("ens1f0",), ("bond0",)]


@pytest.mark.parametrize(("via", "known"), [("node1", True), ("node3", False)])
def test_the_way_by_another_nodes_nodeport_is_not_known(via, known):
    assert bool(expected(replace(ENDS, who="pod-to-service", via=via))) == known
