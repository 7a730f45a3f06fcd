"""A topology that is out of date: the packets are judged and not the file, and the report says so."""

import json
import shutil
from ipaddress import ip_address
from pathlib import Path

import pytest
import yaml

from pcapcheck.api import check

SAMPLES = Path(__file__).parents[1] / "samples"
TRUTHS = {
    file.parent.name: json.loads(file.read_text(encoding="utf-8"))
    for file in sorted(SAMPLES.glob("*/truth.json"))
}
MAC = "02:00:5e:11:22:33"


def another(address):
    return str(type(ip_address(address))(int(ip_address(address)) ^ 0x40))


def pod_address(topology):
    pod = topology["pods"]["default/web-1"]
    pod["address"] = another(pod["address"])
    return pod["address"]


def pod_mac(topology):
    topology["pods"]["default/web-1"]["mac"] = MAC
    return MAC


def node_address(topology):
    node = topology["nodes"]["node2"]
    old, new = node["addresses"][0], another(node["addresses"][0])
    topology["nodes"]["node2"] = yaml.safe_load(yaml.safe_dump(node).replace(old, new))
    return new


def uplink_mac(topology):
    uplinks = [each for each in topology["nodes"]["node1"]["interfaces"].values() if each["kind"] == "uplink"]
    uplinks[0]["mac"] = MAC
    return MAC


def vtep_mac(topology):
    vteps = [each for each in topology["nodes"]["node2"]["interfaces"].values() if each["kind"] == "vtep"]
    vteps[0]["mac"] = MAC
    return MAC


def pod_node(topology):
    topology["pods"]["default/db-0"]["node"] = "node1"
    interfaces = topology["nodes"]["node2"]["interfaces"]
    (veth,) = [name for name, each in interfaces.items() if each.get("pod") == "default/db-0"]
    topology["nodes"]["node1"]["interfaces"][veth] = interfaces.pop(veth)
    return "node1"


MISTAKES = (pod_address, pod_mac, node_address, uplink_mac, vtep_mac, pod_node)


def with_mistake(name, mistake, into):
    """Copy a sample; return what its topology says wrongly, None if it cannot be wrong in this way."""
    folder = shutil.copytree(SAMPLES / name, into / name)
    file = folder / "topology.yaml"
    topology = yaml.safe_load(file.read_text(encoding="utf-8"))
    try:
        stated = mistake(topology)
    except (KeyError, ValueError, IndexError):
        pytest.skip("got empty parameter set: this topology has no such statement")
    file.write_text(yaml.safe_dump(topology), encoding="utf-8")
    return folder, stated


@pytest.mark.parametrize("mistake", MISTAKES)
def test_network_that_works_is_not_accused_by_a_wrong_topology(tmp_path, mistake):
    folder, stated = with_mistake("flannel-vxlan", mistake, tmp_path)
    result = check(folder)
    assert [each.id for each in result.diagnoses] == []
    assert result.verdict == "inconclusive"
    (caveat,) = result.report.caveats
    assert f"the topology says {stated}: the topology is out of date" in caveat


@pytest.mark.parametrize("mistake", [pod_address, node_address, pod_node])
def test_network_that_is_broken_is_not_green_because_of_a_wrong_topology(tmp_path, mistake):
    folder, _ = with_mistake("flannel-vxlan-dropped-at-hop", mistake, tmp_path)
    assert check(folder).verdict != "conformant"


def test_what_nobody_answers_is_no_news_of_the_topology(tmp_path):
    """The VTEP has another MAC than the others were told, and gets nothing: that is the fault itself."""
    result = check(SAMPLES / "flannel-vxlan-fdb-wrong-vtep")
    assert result.report.caveats == ()


@pytest.mark.slow
@pytest.mark.parametrize("mistake", MISTAKES)
@pytest.mark.parametrize("name", TRUTHS)
def test_no_wrong_statement_turns_a_verdict(tmp_path, name, mistake):
    folder, _ = with_mistake(name, mistake, tmp_path)
    result = check(folder)
    if TRUTHS[name]["conformant"]:
        assert [each.id for each in result.diagnoses] == []
        assert result.verdict != "violations"
    else:
        assert result.verdict != "conformant"
