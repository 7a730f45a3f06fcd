"""diff: exit status, formats, and shared captures of real kernels."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

import pcapcheck
from pcapcheck.commands.diff import command
from pcapcheck.errors import InputError

SAMPLES = Path(__file__).parents[2] / "samples"
GOOD, BAD = SAMPLES / "flannel-vxlan", SAMPLES / "flannel-vxlan-vni-mismatch"
HEALTHY = ("flannel-vxlan-no-offload", "flannel-vxlan-bulk", "flannel-vxlan-dualstack", "flannel-clusterip")
FAULTS = {
    "flannel-vxlan-vni-mismatch": "vxlan.vni",
    "fault-vxlan-port-mismatch": "udp.dstport",
    "flannel-vxlan-fdb-wrong-vtep": "ip.dst",
    "fault-stale-neighbour": "inner.eth.dst",
}


def run(*arguments):
    return CliRunner().invoke(command, [str(each) for each in arguments], standalone_mode=False)


def test_difference_is_exit_status_1():
    done = run(GOOD, BAD)
    assert done.return_value == 1
    assert "vxlan.vni 7 only in BAD; 1 in both" in done.output


def test_no_difference_is_exit_status_0():
    assert run(GOOD, GOOD).return_value == 0


def test_json_is_that_of_the_api():
    assert run(GOOD, BAD, "--format", "json").output == pcapcheck.diff(GOOD, BAD).to_json()


def test_output_goes_to_a_file(tmp_path):
    done = run(GOOD, BAD, "--format", "json", "-o", tmp_path / "diff.json")
    assert done.output == ""
    assert json.loads((tmp_path / "diff.json").read_text())["differs"]


def test_one_topology_may_stand_for_both(tmp_path):
    for folder in (GOOD, BAD):
        (tmp_path / folder.name).mkdir()
        for file in folder.glob("*.pcap"):
            shutil.copy(file, tmp_path / folder.name)
    done = run(tmp_path / GOOD.name, tmp_path / BAD.name, "--topology", GOOD / "topology.yaml")
    assert done.output.splitlines()[0] == run(GOOD, BAD).output.splitlines()[0]


def test_set_without_captures_is_an_input_error(tmp_path):
    assert isinstance(run(GOOD, tmp_path).exception, InputError)


@pytest.mark.parametrize("name", HEALTHY)
def test_healthy_networks_do_not_differ(name, shared_captures):
    difference = pcapcheck.diff(shared_captures / "flannel-vxlan", shared_captures / name)
    assert not difference.differs, str(difference)


@pytest.mark.parametrize(("name", "field"), FAULTS.items())
def test_fault_is_told_by_its_field(name, field, shared_captures):
    difference = pcapcheck.diff(shared_captures / "flannel-vxlan", shared_captures / name)
    assert field in {each.field for each in difference.headers}
