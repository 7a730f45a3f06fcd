"""Folders as other tools leave them: captures are bound, the profile is found, what files cannot tell is said."""

import json

import pytest
from click.testing import CliRunner
from folders.layouts import LAYOUTS

from pcapcheck.api import check, find
from pcapcheck.cli import commands
from pcapcheck.run.check import see
from pcapcheck.run.settings import read_settings
from pcapcheck.scale.resources import Resources

FLANNEL_NODE = {"uplink", "vtep", "bridge", "veth"}
UPLINKS = {("node1", "eth0", "uplink"), ("node2", "eth0", "uplink")}


def points(folder, tmp_path_factory):
    """Return (node, interface, role) of every point; of pods (pod, interface, role)."""
    inputs, topology = find([folder])
    seen = see(inputs, topology, read_settings(topology), Resources())
    return {
        (each.pod if each.role == "pod" else each.node, each.interface, str(each.role))
        for each in seen.bound.points
    }


@pytest.fixture
def made(request, tmp_path):
    LAYOUTS[request.param](tmp_path)
    return tmp_path


def node(name, *interfaces):
    roles = {"eth0": "uplink", "flannel.1": "vtep", "cni0": "bridge", "tunl0": "tunnel"}
    return {(name, each, roles.get(each, "veth")) for each in interfaces}


FLANNEL = node("node1", "eth0", "flannel.1", "cni0", "veth1f6c2a90") | node(
    "node2", "eth0", "flannel.1", "cni0", "veth83d07be4"
)
PODS = {("default/web-1", "eth0", "pod"), ("default/db-0", "eth0", "pod")}
MERGED = {("192.168.186.128", "uplink", "uplink")}  # one point for all nodes: more is not kept
EXPECTED = {
    "retina": (FLANNEL, "flannel-vxlan", "conformant"),
    "retina_of_two_interfaces": (UPLINKS, "flannel-vxlan", "conformant"),
    "inspektor_gadget": (PODS, None, "inconclusive"),
    "netobserv": (MERGED, "flannel-vxlan", "conformant"),
    "netobserv_of_old": (MERGED, "flannel-vxlan", "conformant"),
    "kubeshark": (MERGED, "flannel-vxlan", "conformant"),
    "dialects": (
        node("node1", "eth0", "flannel.1", "cni0", "veth1f6c2a90")
        | {("node2", "eth0", "uplink"), ("default/web-1", "eth0", "pod"), ("rustnet", "eth0", "pod")},
        "flannel-vxlan",
        "conformant",
    ),
    "calico_diags": (
        node("node1", "eth0", "tunl0", "cali2b2e7c9e43e") | node("node2", "eth0", "tunl0", "cali32ecf57bfbe"),
        "calico-ipip",
        "conformant",
    ),
    "calico_diags_of_old": (UPLINKS, "calico-ipip", "conformant"),
    "antrea": (UPLINKS | {("default/web-1", "eth0", "pod")}, "antrea-geneve", "conformant"),
    "cilium": (UPLINKS, "cilium-vxlan", "conformant"),
    "eks": (
        {(f"ip-10-0-11-{last}.ec2.internal", "eth0", "uplink") for last in (11, 12)},
        "aws-vpc-cni",
        "conformant",
    ),
    "openshift": (
        {(f"node{number}.example.com", "eth0", "uplink") for number in (1, 2)},
        "flannel-vxlan",
        "conformant",
    ),
    "rancher": (
        node("node1", "eth0", "flannel.1", "cni0") | node("node2", "eth0", "flannel.1", "cni0"),
        "flannel-vxlan",
        "conformant",
    ),
    "cluster_info": (FLANNEL | {("node1", "veth5ab91c37", "veth")}, "flannel-vxlan", "conformant"),
    "sonobuoy": (
        UPLINKS | {(f"default/{each}", "eth0", "pod") for each in ("web-1", "db-0", "cache-2")},
        "flannel-vxlan",
        "conformant",
    ),
}


@pytest.mark.parametrize(("made", "layout"), [(each, each) for each in EXPECTED], indirect=["made"])
def test_captures_are_bound_to_their_points(made, layout, tmp_path_factory):
    assert points(made, tmp_path_factory) == EXPECTED[layout][0]


@pytest.mark.parametrize(("made", "layout"), [(each, each) for each in EXPECTED], indirect=["made"])
def test_profile_is_found_and_nothing_is_wrong(made, layout):
    result = check(made)
    assert [each.message for each in result.findings] == []
    assert next((each.name for each in result.profiles), None) == EXPECTED[layout][1]
    assert result.verdict == EXPECTED[layout][2]


@pytest.mark.parametrize("made", ["ksniff"], indirect=True)
def test_ksniff_is_bound_by_address(made, tmp_path_factory):
    found = points(made, tmp_path_factory)
    assert {each for each in found if each[2] == "pod"} == {
        ("trouble", "eth0", "pod"),
        ("dumpy-hunt-db-0", "eth0", "pod"),
    }
    for name in ("dumpy-hunt-node1", "dumpy-hunt-node2"):
        assert {role for owner, _, role in found if owner == name} == FLANNEL_NODE
    topology = check(made).topology.inferred
    assert any("trouble has 10.100.0.2" in each for each in topology)


@pytest.mark.parametrize("made", ["kubeskoop"], indirect=True)
def test_kubeskoop_says_owner_in_the_name(made, tmp_path_factory):
    found = points(made, tmp_path_factory)
    assert found >= PODS
    assert {(owner, role) for owner, _, role in found if role != "pod"} == {
        (name, role) for name in ("node1", "node2") for role in FLANNEL_NODE
    }
    assert check(made).profiles[0].name == "flannel-vxlan"


@pytest.mark.parametrize("made", ["calico_packetcapture"], indirect=True)
def test_packetcapture_of_calico_is_of_the_veth(made, tmp_path_factory):
    inputs, topology = find([made])
    seen = see(inputs, topology, read_settings(topology), Resources())
    assert {(each.pod, each.interface, str(each.role)) for each in seen.bound.points} == {
        ("web-1", "cali2b2e7c9e43e", "veth"),
        ("db-0", "cali32ecf57bfbe", "veth"),
    }
    used = check(made).profiles[0]  # plain packets at two veths: which back-end of Calico, they do not tell
    assert "calico-ipip" in (used.name, *used.alternatives)


def test_every_layout_has_a_test():
    assert set(EXPECTED) | {"ksniff", "kubeskoop", "calico_packetcapture"} == set(LAYOUTS)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ("retina_of_two_interfaces", "tcpdump was asked for flannel.1 too, and listened on eth0 only"),
        ("retina_of_two_interfaces", "tcpdump says that the kernel dropped 3 packets"),
        ("netobserv", "netobserv merges the packets of all nodes; the capture point of each packet is lost"),
        ("netobserv", "its times are whole seconds; latencies cannot be computed"),
        ("inspektor_gadget", "it has no times; latencies cannot be computed"),
        ("kubeshark", "Kubeshark merges the packets of all nodes; the capture point of each packet is lost"),
    ],
    indirect=["made"],
)
def test_what_files_cannot_tell_is_said(made, said):
    assert any(each.endswith(said) for each in check(made).notes)


@pytest.mark.parametrize(
    ("made", "clock"),
    [("inspektor_gadget", "none"), ("netobserv", "seconds"), ("antrea", "user-space")],
    indirect=["made"],
)
def test_clock_has_its_quality(made, clock):
    assert clock in {each.clock for each in check(made).captures}


@pytest.mark.parametrize("made", ["inspektor_gadget"], indirect=True)
def test_without_times_there_is_no_latency(made):
    steps = [
        step
        for flow in check(made, profile="flannel-vxlan").flows
        for step in (*flow.forward, *flow.backward)
    ]
    assert {step.latency_ns for step in steps} == {None}


@pytest.mark.parametrize("made", ["retina"], indirect=True)
def test_report_names_a_capture_in_an_archive(made):
    done = CliRunner().invoke(commands, ["check", str(made), "--format", "json"], standalone_mode=False)
    names = [each["file"] for each in json.loads(done.stdout)["captures"]]
    assert names[0].startswith(f"{made}/hunt-node1-20261128091500UTC.tar.gz/hunt-node1-")


@pytest.mark.parametrize("made", ["retina"], indirect=True)
def test_topology_import_looks_into_archives(made):
    done = CliRunner().invoke(commands, ["topology", "import", str(made)], standalone_mode=False)
    assert "veth83d07be4" in done.stdout
    assert "profile: flannel-vxlan" in done.stdout
