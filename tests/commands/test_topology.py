import json
import re
import shutil
from pathlib import Path

import pytest
import shared
from click.testing import CliRunner

import pcapcheck
from pcapcheck.commands.topology import command
from pcapcheck.errors import InputError
from pcapcheck.topology.load import load_topology

LINKS = [
    {"ifname": "eth0", "mtu": 1500, "ifindex": 2, "link_type": "ether", "address": "52:54:00:00:00:01"},
    {
        "ifname": "flannel.1",
        "mtu": 1500,
        "ifindex": 3,
        "linkinfo": {"info_kind": "vxlan", "info_data": {"id": 1}},
    },
]


def run(*arguments):
    return CliRunner().invoke(command, [str(each) for each in arguments], standalone_mode=False)


def dumped(folder):
    folder.mkdir()
    (folder / "node1.json").write_text(json.dumps({"ip -j link": LINKS}))
    return folder


def test_import_prints_a_topology(tmp_path):
    done = run("import", dumped(tmp_path / "dumps"))
    assert "cluster: {profile: flannel-vxlan, parameters: {vni: 1}}" in done.stdout


def test_import_writes_a_topology_that_loads(tmp_path):
    run("import", dumped(tmp_path / "dumps"), "-o", tmp_path / "t.yaml")
    assert list(load_topology(tmp_path / "t.yaml").nodes["node1"].interfaces) == ["eth0", "flannel.1"]


def test_import_warns_of_what_contradicts_itself(tmp_path):
    done = run("import", dumped(tmp_path / "dumps"))
    assert "warning: the MTU 1500 of flannel.1 and its headers exceed the uplink's 1500" in done.stderr


def test_import_of_no_folder_is_an_input_error(tmp_path):
    assert isinstance(run("import", tmp_path / "absent").exception, InputError)


def test_import_to_an_impossible_place_is_an_input_error(tmp_path):
    done = run("import", dumped(tmp_path / "dumps"), "-o", tmp_path / "no" / "t.yaml")
    assert isinstance(done.exception, InputError)


def test_check_of_a_sound_topology_says_what_is_in_it(tmp_path):
    (tmp_path / "t.yaml").write_text("nodes: {n1: {}}\npods: {a/b: {node: n1}}\n")
    done = run("check", tmp_path / "t.yaml")
    assert (done.return_value, done.stdout) == (
        0,
        f"{tmp_path}/t.yaml: 1 node, 1 pod, 0 services, 0 captures\n",
    )


def test_check_shows_a_contradiction_at_its_place(tmp_path):
    (tmp_path / "t.yaml").write_text("nodes:\n  n1: {addresses: [10.0.0.1]}\n  n2: {addresses: [10.0.0.1]}\n")
    done = run("check", tmp_path / "t.yaml")
    assert done.return_value == 1
    assert "t.yaml:3:19: `10.0.0.1` is of node n2 and of node n1" in done.stdout


SAMPLES = Path(__file__).parents[2] / "samples"


def inferred_and_not(folder, scratch):
    """Return what a check says of captures alone, and with the topology that `infer` makes of them."""
    for file in folder.glob("*.pcap*"):
        shutil.copy(file, scratch)
    results = [pcapcheck.check(scratch)]
    assert run("infer", scratch, "-o", scratch / "topology.yaml").return_value is None
    results.append(pcapcheck.check(scratch))
    return [(each.verdict, tuple(cause.id for cause in each.diagnoses)) for each in results]


@pytest.mark.parametrize("sample", ["calico-ipip", "flannel-nodeport", "gre-key-mismatch", "vxlan"])
def test_infer_writes_what_a_check_takes_to_be_meant(sample, tmp_path):
    alone, written = inferred_and_not(SAMPLES / sample, tmp_path)
    assert written == alone


@pytest.mark.slow
@pytest.mark.skipif(not shared.CAPTURES.is_dir(), reason=shared.REASON)
def test_infer_of_each_shared_scenario_keeps_the_verdict(tmp_path):
    changed = {}
    for folder in sorted(each.parent for each in shared.CAPTURES.glob("*/truth.json")):
        (tmp_path / folder.name).mkdir()
        alone, written = inferred_and_not(folder, tmp_path / folder.name)
        if written[0] != alone[0]:
            changed[folder.name] = (alone, written)
    assert changed == {}


def test_infer_names_the_profile_and_what_was_guessed(tmp_path):
    for file in (SAMPLES / "gre-key-mismatch").glob("*.pcap"):
        shutil.copy(file, tmp_path)
    text = run("infer", tmp_path).stdout
    assert "# cni0 of node1 has MAC" in text
    assert "cluster: {profile: gre, pod_cidr: 10.100.0.0/23, parameters: {key: 40961}}" in text


@pytest.mark.slow
@pytest.mark.skipif(not shared.CAPTURES.is_dir(), reason=shared.REASON)
def test_imported_dumps_of_healthy_scenarios_give_their_own_verdict(tmp_path):
    for folder in sorted(each.parent for each in shared.CAPTURES.glob("*/state")):
        if not json.loads((folder / "truth.json").read_text())["conformant"]:
            continue
        run("import", folder / "state", "-o", tmp_path / f"{folder.name}.yaml")
        result = pcapcheck.check(*folder.glob("*.pcap*"), topology=tmp_path / f"{folder.name}.yaml")
        assert (folder.name, str(result.verdict)) == (folder.name, "conformant")


def test_what_captures_contradict_is_said(tmp_path):
    sample = Path(__file__).parents[2] / "samples" / "flannel-vxlan"
    text = (sample / "topology.yaml").read_text(encoding="utf-8")
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(text, encoding="utf-8")
    bad.write_text(
        re.sub(r"(default/web-1: .*mac: ')[^']*", r"\g<1>02:00:5e:11:22:33", text), encoding="utf-8"
    )
    assert run("check", good, "--captures", sample).return_value == 0
    result = run("check", bad, "--captures", sample)
    assert result.return_value == 1
    assert "default/web-1 uses the MAC" in result.output
