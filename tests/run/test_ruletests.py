"""Tests of rules: the samples that they change, the profile and the parameters that they are checked with."""

import pytest
from rulefiles import MINE, mine_in

from pcapcheck.check.finding import Coverage
from pcapcheck.run.ruletests import run_tests


@pytest.fixture
def mine(tmp_path):
    return mine_in(tmp_path)


def answering(*broken, exercised=("mine/vni",)):
    """Return a check that says what is broken, and remembers what it was given."""
    coverage = Coverage(dict.fromkeys(exercised, 1), {}, {}, ())
    answering.seen = []

    def check(folder, profile, given):
        answering.seen.append((sorted(file.name for file in folder.iterdir()), profile, given))
        return frozenset(broken), coverage

    return check


def test_tests_pass_and_fail_by_what_the_check_says(mine):
    results = [result for result, _ in run_tests(str(mine), (), answering())]
    assert results == ["passed", "failed", "without sample"]


def test_failed_test_says_what_came_out(mine):
    lines = [line for _, line in run_tests(str(mine), (), answering("mine/vni"))]
    assert lines == [
        "mine/vni: sample: fail, not pass",
        "mine/vni: sample with {'vxlan.vni': 7}: fail",
        "mine/vni: nowhere: the sample is not installed",
    ]


def test_changed_sample_has_all_captures_and_the_topology(mine):
    list(run_tests(str(mine), (), answering()))
    (original, *_), (changed, *_) = answering.seen
    assert set(changed) == {name for name in original if name.endswith((".pcap", "topology.yaml"))}


def test_profile_of_the_file_is_checked(mine):
    list(run_tests(str(mine), (), answering()))
    assert {profile for _, profile, _ in answering.seen} == {str(mine)}


def test_shared_rules_are_checked_with_the_samples_own_profile():
    list(run_tests("kubernetes", ["kubernetes/arp-sender"], answering()))
    assert {profile for _, profile, _ in answering.seen} == {None}


def test_unchanged_sample_is_checked_once(mine):
    mine.write_text(MINE.replace("      - {capture: nowhere", "      - {capture: sample"), encoding="utf-8")
    list(run_tests(str(mine), (), answering()))
    assert len(answering.seen) == 2


def test_change_reaches_the_packets(mine):
    from pcapcheck.capture.source import open_capture
    from pcapcheck.decode.columns import column
    from pcapcheck.decode.layers import find_layers
    from pcapcheck.decode.registry import dissector_table

    seen = []

    def check(folder, profile, given):
        for block in open_capture(str(folder / "node1_eth0.pcap")).blocks():
            layers = find_layers(block, dissector_table({"udp.port": {8472: "vxlan"}}))
            seen.append(set(column(layers, "vxlan.vni").tolist()))
        return frozenset(), Coverage({}, {}, {}, ())

    list(run_tests(str(mine), (), check))
    assert seen == [{None, 1}, {None, 7}]


def test_parameters_of_a_test_reach_the_check(mine):
    given = "{capture: sample, given: {vni: 7}, outcome: fail}"
    mine.write_text(MINE.replace("{capture: nowhere, outcome: pass}", given), encoding="utf-8")
    lines = [line for _, line in run_tests(str(mine), (), answering("mine/vni"))]
    assert lines[-1] == "mine/vni: sample given {'vni': 7}: fail"
    assert answering.seen[-1][2] == {"vni": 7}
