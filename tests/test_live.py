"""A real network: what is right is conformant, and what somebody breaks is named."""

import subprocess
import sys

import lab as labs
import pytest

import pcapcheck

NO_LAB = labs.why_not()
pytestmark = pytest.mark.skipif(bool(NO_LAB), reason=f"no live network: {NO_LAB}")


def checked(folder):
    """Return the exit status and the report of `pcapcheck check`."""
    done = subprocess.run(
        [sys.executable, "-m", "pcapcheck", "check", str(folder)], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def captures(tmp_path_factory):
    """Return two folders: captures of a network that works, and after the VNI of one node was changed."""
    folder = tmp_path_factory.mktemp("live")
    with labs.Lab(folder) as lab:
        with lab.captured(folder / "good"):
            assert lab.talk() == [True] * 5
        lab.set_vni(lab.nodes[1], 2)
        with lab.captured(folder / "bad"):
            assert lab.talk() == [False, False, False, False, True]
    return folder


def test_network_that_works_is_conformant(captures):
    status, report = checked(captures / "good")
    assert status == 0, report


def test_without_its_topology_nothing_is_found_either(captures, tmp_path):
    for file in (captures / "good").glob("*.pcap"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    result = pcapcheck.check(tmp_path)
    assert (result.findings, [each.id for each in result.diagnoses if not each.information]) == ((), [])
    assert [each.name for each in result.profiles] == ["flannel-vxlan"]


def test_changed_vni_is_named_at_its_node(captures):
    status, report = checked(captures / "bad")
    assert status == 1, report
    cause = pcapcheck.check(captures / "bad").diagnoses[0]
    assert (cause.id, cause.node) == ("vni-mismatch", "node2")


def test_comparison_names_the_field(captures):
    difference = pcapcheck.diff(captures / "good", captures / "bad")
    assert "vxlan.vni" in {each.field for each in difference.headers}


def test_nothing_is_left_behind(captures):
    spaces = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True).stdout
    assert f"pc{labs.os.getpid()}-" not in spaces
