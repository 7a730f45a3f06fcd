"""learn: rules of a network that works hold in its other runs, and not where it is broken."""

from pathlib import Path

import pytest
from click.testing import CliRunner

import pcapcheck
from pcapcheck.commands.learn import command
from pcapcheck.commands.rules import command as rules
from pcapcheck.errors import InputError

SAMPLES = Path(__file__).parents[2] / "samples"
GOOD, BAD = SAMPLES / "flannel-vxlan", SAMPLES / "flannel-vxlan-vni-mismatch"
# Good sets of one network each: learnt from the first, all hold.
NETWORKS = (
    (
        "flannel-vxlan",
        "flannel-vxlan-bulk",
        "flannel-vxlan-no-offload",
        "flannel-clusterip",
        "flannel-nodeport",
    ),
    ("flannel-vxlan-bulk", "flannel-vxlan", "flannel-external", "flannel-vxlan-dualstack"),
    ("calico-ipip", "calico-same-node", "calico-external", "calico-ipip-one-side"),
)
FAULTS = (
    "flannel-vxlan-vni-mismatch",
    "fault-vxlan-port-mismatch",
    "fault-stale-neighbour",
    "flannel-vxlan-fdb-wrong-vtep",
)


def run(*arguments):
    return CliRunner().invoke(command, [str(each) for each in arguments], standalone_mode=False)


def learnt(folder, tmp_path):
    """Return a rule file that was learnt from a folder."""
    done = run(folder, "-o", tmp_path / "mine.yaml")
    assert done.exception is None, done.exception
    return tmp_path / "mine.yaml"


def test_lint_accepts_what_was_learnt(tmp_path):
    done = CliRunner().invoke(rules, ["lint", str(learnt(GOOD, tmp_path))], standalone_mode=False)
    assert "1 rule file is right" in done.output


def test_the_good_set_keeps_its_rules(tmp_path):
    result = pcapcheck.check(GOOD, profile=str(learnt(GOOD, tmp_path)))
    result.assert_conformant(require=["mine/*"])


def test_learnt_rules_alone_find_a_fault(tmp_path):
    result = pcapcheck.check(BAD, profile=str(learnt(GOOD, tmp_path)), select="mine/*")
    assert any(each.rule.endswith("vxlan-vni") for each in result.findings)


def test_without_a_file_the_rules_are_printed():
    assert "profile: learnt\n" in run(GOOD).stdout
    assert "profile: my-cluster\n" in run(GOOD, "--name", "My Cluster").stdout


def test_nothing_is_learnt_from_a_broken_network():
    error = run(BAD).exception
    assert isinstance(error, InputError)
    assert "vni-mismatch" in str(error)


def test_rule_that_is_ignored_is_dropped(tmp_path):
    text = run(GOOD, "--ignore", "kubernetes/once").stdout
    assert "drop: [kubernetes/once]" in text


def test_captures_that_no_profile_fits_are_an_input_error(tmp_path):
    from captures_build import pcap, record

    (tmp_path / "x.pcap").write_bytes(pcap(record(b"a frame of something else")))
    assert "no profile fits" in str(run(tmp_path).exception)


def test_what_few_packets_had_is_left_out():
    assert run(GOOD, "--packets", "100000").stdout.count("- id:") == 0


@pytest.mark.parametrize("names", NETWORKS, ids=lambda names: names[0])
def test_other_good_runs_of_the_network_keep_the_rules(names, tmp_path, shared_captures):
    file = str(learnt(shared_captures / names[0], tmp_path))
    for name in names:
        result = pcapcheck.check(shared_captures / name, profile=file)
        assert (result.verdict, result.findings) == ("conformant", ()), name


@pytest.mark.parametrize("name", FAULTS)
def test_faults_break_what_was_learnt(name, tmp_path, shared_captures):
    file = str(learnt(shared_captures / "flannel-vxlan", tmp_path))
    assert pcapcheck.check(shared_captures / name, profile=file, select="mine/*").findings
