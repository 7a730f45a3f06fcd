"""rules: lists, shows, lints and tests rule files; names fields."""

import shutil

import pytest
from click.testing import CliRunner

from pcapcheck.check.finding import Coverage
from pcapcheck.check.rules import profile_names, rules_directory
from pcapcheck.commands.rules import command, run_tests
from pcapcheck.errors import InputError

MINE = """\
profile: mine
title: Mine
extends: [flannel-vxlan]
rules:
  - id: mine/vni
    title: VNI
    at: uplink
    form: vxlan
    expect: {vxlan.vni: $vni}
    because: why
    fix: how
    references: [RFC 7348]
    tests:
      - {capture: sample, outcome: pass}
      - {capture: sample, change: {vxlan.vni: 7}, outcome: fail}
      - {capture: nowhere, outcome: pass}
"""


@pytest.fixture
def mine(tmp_path):
    """Return a rule file with a sample beside it."""
    shutil.copytree(rules_directory().parent / "samples" / "flannel-vxlan", tmp_path / "sample")
    file = tmp_path / "mine.yaml"
    file.write_text(MINE, encoding="utf-8")
    return file


def run(*arguments):
    return CliRunner().invoke(command, arguments, catch_exceptions=False, standalone_mode=False)


def test_list_has_every_profile_but_the_shared_ones():
    lines = run("list").stdout.splitlines()
    assert any(line.startswith("flannel-vxlan ") for line in lines)
    assert not any(line.startswith("kubernetes ") for line in lines)


def test_list_all_has_every_file():
    names = [line.split()[0] for line in run("list", "--all").stdout.splitlines()[1:]]
    assert names == list(profile_names())


def test_show_profile_has_parameters_paths_and_rules():
    text = run("show", "flannel-vxlan").stdout
    assert "vni            1 (integer)" in text
    assert "pod > veth > bridge > vtep (TTL less 1) > uplink as vxlan" in text
    assert "flannel-vxlan/vni" in text


def test_show_rule_says_why_and_where():
    text = run("show", "flannel-vxlan/vni").stdout
    assert text.startswith("flannel-vxlan/vni (error): VXLAN packets carry the cluster's VNI\n")
    assert "because: A VTEP silently drops packets" in text
    assert "flannel-vxlan.yaml:" in text


def test_show_unknown_rule_offers_the_nearest():
    with pytest.raises(InputError, match="did you mean `flannel-vxlan/vni`"):
        run("show", "flannel-vxlan/vnj")


def test_lint_of_a_right_file_says_so(mine):
    result = run("lint", str(mine))
    assert (result.return_value, result.stdout) == (0, "1 rule file is right\n")


def test_lint_without_files_looks_at_the_shipped_ones():
    assert run("lint").return_value == 0


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("{vxlan.vni: $vni}", "{vxlan.vin: $vni}", "did you mean `vxlan.vni`?"),
        ("title: Mine", "titel: Mine", "did you mean `title`?"),
        ("at: uplink", "at: uplnk", "uplnk"),
        ("profile: mine", "profile: [mine", "is not YAML"),
    ],
    ids=["field", "key", "role", "syntax"],
)
def test_lint_shows_a_mistake_at_its_place(mine, before, after, says):
    mine.write_text(MINE.replace(before, after), encoding="utf-8")
    result = run("lint", str(mine))
    assert result.return_value == 2
    assert result.stderr.startswith(f"error: {mine}:")
    assert says in result.stderr


def test_error_message_has_file_line_column_caret_and_fix(mine):
    mine.write_text(MINE.replace("{vxlan.vni: $vni}", "{vxlan.vin: $vni}"), encoding="utf-8")
    assert run("lint", str(mine)).stderr == (
        f"error: {mine}:9:14: `vxlan.vin` is not a field of any protocol\n"
        "        expect: {vxlan.vin: $vni}\n"
        "                 ^\n"
        "  fix: did you mean `vxlan.vni`?\n"
    )


def test_fields_lists_names_and_kinds():
    text = run("fields", "vxlan").stdout
    assert "vxlan.vni        integer" in text
    assert "eth.src" not in text


def test_fields_without_a_match_offers_the_nearest():
    with pytest.raises(InputError, match=r"did you mean `udp\.dstport`"):
        run("fields", "udp.dsport")


def answering(*broken, exercised=("mine/vni",)):
    """Return a check that says what is broken, and remembers what it was given."""
    coverage = Coverage(dict.fromkeys(exercised, 1), {}, {}, ())
    answering.seen = []

    def check(folder, profile):
        answering.seen.append((sorted(file.name for file in folder.iterdir()), profile))
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
    (original, _), (changed, _) = answering.seen
    assert set(changed) == {name for name in original if name.endswith((".pcap", "topology.yaml"))}


def test_profile_of_the_file_is_checked(mine):
    list(run_tests(str(mine), (), answering()))
    assert {profile for _, profile in answering.seen} == {str(mine)}


def test_shared_rules_are_checked_with_the_samples_own_profile():
    list(run_tests("kubernetes", ["kubernetes/arp-sender"], answering()))
    assert {profile for _, profile in answering.seen} == {None}


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

    def check(folder, profile):
        for block in open_capture(str(folder / "node1_eth0.pcap")).blocks():
            layers = find_layers(block, dissector_table({"udp.port": {8472: "vxlan"}}))
            seen.append(set(column(layers, "vxlan.vni").tolist()))
        return frozenset(), Coverage({}, {}, {}, ())

    list(run_tests(str(mine), (), check))
    assert seen == [{None, 1}, {None, 7}]


@pytest.mark.slow
@pytest.mark.parametrize("name", profile_names())
def test_shipped_rules_pass_their_tests(name):
    result = run("test", name)
    assert result.return_value == 0, result.stdout
