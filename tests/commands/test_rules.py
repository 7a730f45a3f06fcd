"""rules: lists, shows, lints and tests rule files; names fields."""

import pytest
from click.testing import CliRunner
from rulefiles import MINE, mine_in

from pcapcheck.check.rules import profile_names
from pcapcheck.commands.rules import command
from pcapcheck.errors import InputError


@pytest.fixture
def mine(tmp_path):
    return mine_in(tmp_path)


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
    assert "vni 1 (integer)" in " ".join(text.split())
    assert "pod > veth > bridge > vtep (TTL less 1) > uplink as vxlan" in text
    assert "flannel-vxlan/vni" in text


def test_show_rule_says_why_and_where():
    text = run("show", "flannel-vxlan/vni").stdout
    assert text.startswith("flannel-vxlan/vni (error): VXLAN packets carry the cluster's VNI\n")
    assert "because: A VTEP silently drops packets" in text
    assert "flannel-vxlan.yaml:" in text


def test_show_rule_gives_its_source_as_a_link_and_the_releases_that_were_read():
    text = run("show", "calico-vxlan/vni").stdout
    assert "https://www.rfc-editor.org/rfc/rfc7348#section-5" in text
    assert "Calico felix/bpf-gpl/nat.h: CALI_VXLAN_VNI  https://github.com/projectcalico/calico/blob/" in text
    assert "read for: Calico 3.3" in text


def test_show_takes_the_id_that_a_rule_had_before():
    text = run("show", "calico-wireguard/never-in-clear").stdout
    assert text.startswith("calico/never-in-clear (error)")
    assert "formerly: calico-wireguard/never-in-clear" in text


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


@pytest.mark.slow
@pytest.mark.parametrize("name", profile_names())
def test_shipped_rules_pass_their_tests(name):
    result = run("test", name)
    assert result.return_value == 0, result.stdout
