"""An anonymous copy of captures gives the verdict, causes and nodes of the original."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from shared import CAPTURES, REASON, scenarios

from pcapcheck.anonymise.namemap import NameMap
from pcapcheck.anonymise.secret import Secret
from pcapcheck.api import check
from pcapcheck.cli import commands

SAMPLES = Path(__file__).parents[1] / "samples"
KEY = "a key of ours"
SOME = (
    *(
        "flannel-vxlan",
        "flannel-vxlan-vni-mismatch",
        "flannel-clusterip-missing-dnat",
        "calico-ipip-gateway-mac",
    ),
    *("cilium-geneve-policy-drop", "macvlan-bridge-arp-unanswered", "vlan-id-mismatch", "gre-ipv6"),
    *(
        "flannel-wireguard-in-clear",
        "ovn-geneve-wrong-chassis",
        "nvgre-vsid-mismatch",
        "flannel-vxlan-dualstack",
    ),
)


def anonymous(folder, copy):
    """Write an anonymous copy of a folder, and return it."""
    words = ["extract", str(folder), "--anonymise", "--key", KEY, "-o", f"{copy}/"]
    CliRunner().invoke(commands, words, standalone_mode=False, catch_exceptions=False)
    return copy


def agree(folder, copy):
    """Compare a folder with its anonymous copy: verdict, causes in order, nodes, rules that were broken."""
    one, other = check(folder), check(copy)
    names = NameMap(Secret(KEY))
    assert other.verdict == one.verdict
    assert [(each.id, each.node) for each in other.diagnoses] == [
        (each.id, each.node and names.node(each.node)) for each in one.diagnoses
    ]
    assert {each.rule for each in other.findings} == {each.rule for each in one.findings}


@pytest.mark.parametrize("name", SOME)
def test_anonymous_sample_gives_the_same(name, tmp_path):
    agree(SAMPLES / name, anonymous(SAMPLES / name, tmp_path / "copy"))


@pytest.mark.slow
@pytest.mark.skipif(not CAPTURES.is_dir(), reason=REASON)
@pytest.mark.parametrize("name", scenarios())
def test_anonymous_scenario_gives_what_the_truth_says(name, tmp_path):
    copy = anonymous(CAPTURES / name, tmp_path / "copy")
    agree(CAPTURES / name, copy)
    truth = json.loads((CAPTURES / name / "truth.json").read_text(encoding="utf-8"))
    result, fault = check(copy), truth["fault"]
    if fault is None:
        assert (result.verdict, result.diagnoses) == ("conformant", ())
        return
    assert result.verdict == "violations"
    assert result.diagnoses[0].id in (fault["id"], *fault["accept"])
    node = fault["node"] and NameMap(Secret(KEY)).node(fault["node"])
    assert node in (None, result.diagnoses[0].node)


@pytest.mark.parametrize("name", SOME[:3])
def test_nothing_of_the_original_is_left(name, tmp_path):
    copy = anonymous(SAMPLES / name, tmp_path / "copy")
    secrets = [b"web-1", b"db-0", b"node1", b"10.100.", b"192.168.186.", b"GET /", b"00:0c:29"]
    secrets += [
        bytes.fromhex("0a6400"),
        bytes.fromhex("c0a8ba"),
        bytes.fromhex("000c29"),
    ]  # the same as packets have it
    for file in copy.iterdir():
        content = file.read_bytes() + file.name.encode()
        assert [each for each in secrets if each in content] == []
