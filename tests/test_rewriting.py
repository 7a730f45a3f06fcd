"""Nothing is tuned to samples: with other addresses, MACs, ports, names and times all is said as before."""

from collections import Counter
from functools import cache

import pytest
import rewriting
import shared
from scene import case_of

import make
from pcapcheck.api import check

SEEDS = (1, 2)  # with 2, the ports of tunnels change too
QUICK = (
    "calico-ipip-crosssubnet-antispoof",
    "cilium-geneve-policy-drop",
    "flannel-nodeport",
    "flannel-vxlan-directrouting-ipv6",
    "flannel-vxlan-vni-mismatch",
    "gre-key-missing",
    "macvlan-bridge-arp-unanswered",
    "vlan-nested",
)


@cache
def said(folder):
    """Return what pcapcheck says of a folder: verdict, causes, broken rules."""
    result = check(folder)
    causes = [(each.id, each.node) for each in result.diagnoses]
    return result.verdict, causes, Counter((each.rule, each.packets) for each in result.findings)


def said_after(folder, into, seed):
    """Return what was said of a folder in the words of its copy, and what is said of the copy."""
    words = rewriting.scenario(folder, into, seed)
    verdict, causes, broken = said(folder)
    renamed = [(id, words.names.get(node, node)) for id, node in causes]
    return (verdict, renamed, broken), said(into)


@pytest.mark.parametrize("name", QUICK)
def test_rewritten_sample_gives_the_same_verdict_and_causes(name, tmp_path):
    before, after = said_after(make.SAMPLES / name, tmp_path, 2)
    assert after == before


@pytest.mark.slow
@pytest.mark.parametrize("name", make.names())
def test_each_rewritten_sample_gives_the_same_verdict_and_causes(name, tmp_path):
    before, after = said_after(make.SAMPLES / name, tmp_path, 1)
    assert after == before


@pytest.mark.slow
@pytest.mark.skipif(not shared.CAPTURES.is_dir(), reason=shared.REASON)
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", shared.scenarios())
def test_rewritten_scenario_gives_the_same_verdict_and_causes(name, seed, tmp_path):
    before, after = said_after(shared.CAPTURES / name, tmp_path, seed)
    assert after == before


def test_nothing_of_the_old_network_is_left(tmp_path):
    folder = make.SAMPLES / "flannel-nodeport"
    rewriting.scenario(folder, tmp_path, 1)
    old = [bytes((10, 100, 1, 2)), bytes((192, 168, 186, 128)), bytes.fromhex("f25098b4ea01")]
    text = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert [each for each in (*old, b"node1", b"db-0", b"cni0") if each in text] == []


def test_right_checksums_stay_right(tmp_path):
    rewriting.scenario(make.SAMPLES / "flannel-vxlan-dualstack", tmp_path, 2)
    network = case_of(tmp_path).network
    assert len(network.variants)
    assert network.damaged.is_empty()
