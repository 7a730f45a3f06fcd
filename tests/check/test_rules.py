"""Profiles by name and by file; and what holds for every rule file that is shipped."""

import contextlib
import re
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcapcheck.check import rules
from pcapcheck.check.finding import Severity
from pcapcheck.check.rules import (
    Option,
    cause_ids,
    lint_file,
    load_decoding,
    load_profile,
    profile_names,
    rules_directory,
    unknown_parameters,
    with_parameters,
)
from pcapcheck.documents.document import Document
from pcapcheck.errors import InputError

CAUSES = sorted((rules_directory() / "diagnoses").glob("*.yaml"))
MINE = """
profile: mine
title: Mine
extends: [flannel-vxlan]
drop: [flannel-vxlan/outer-ttl]
rules:
  - id: mine/ttl
    title: Outer TTL
    at: uplink
    form: vxlan
    expect: {ip.ttl: 255}
    because: why
    fix: how
    references: [RFC 1]
"""


@pytest.fixture
def write(tmp_path):
    def write(text, name="mine.yaml"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return str(tmp_path / name)

    return write


def own_rules():
    profiles = {name: load_profile(name) for name in profile_names()}
    return [rule for name, each in profiles.items() for rule in each.rules if rule.id.startswith(f"{name}/")]


def rule_id(rule):
    return rule.id


def test_profile_has_what_it_extends():
    profile = load_profile("flannel-vxlan")
    assert profile.extends == ("kubernetes", "pod", "pod-bridge")
    assert {"kubernetes/ttl", "pod-bridge/gateway-mac", "flannel-vxlan/vni"} <= {
        rule.id for rule in profile.rules
    }


def test_unknown_profile_is_answered_with_the_nearest():
    with pytest.raises(InputError, match="did you mean `flannel-vxlan`"):
        load_profile("flanel-vxlan")


def test_profile_may_be_a_file(write):
    profile = load_profile(write(MINE))
    assert "mine/ttl" in {rule.id for rule in profile.rules}
    assert "flannel-vxlan/outer-ttl" not in {rule.id for rule in profile.rules}


def test_file_may_extend_a_file_beside_it(write):
    write(MINE)
    path = write("profile: yours\ntitle: Yours\nextends: [mine.yaml]\n", "yours.yaml")
    assert load_profile(path).extends[-1] == "mine"


def test_file_is_compared_with_the_schema_first(write):
    with pytest.raises(InputError, match="did you mean `title`"):
        load_profile(write(MINE.replace("title: Mine", "titel: Mine")))


def test_unknown_field_in_a_file_is_an_error_at_its_place(write):
    path = write(MINE.replace("ip.ttl: 255", "ip.tttl: 255"))
    with pytest.raises(InputError, match=r"mine\.yaml:11:14: `ip\.tttl` is not a field") as error:
        load_profile(path)
    assert "did you mean `ip.ttl`?" in str(error.value)


def test_unknown_extension_is_an_error_in_the_file(write):
    with pytest.raises(InputError, match=r"mine\.yaml:2:10: `flannel-vxlam` is not a profile"):
        load_profile(write(MINE.replace("extends: [flannel-vxlan]", "extends: [flannel-vxlam]")))


def test_files_that_extend_each_other_are_an_error(write):
    write("profile: yours\ntitle: Yours\nextends: [mine.yaml]\n", "yours.yaml")
    with pytest.raises(InputError, match="extends"):
        load_profile(write("profile: mine\ntitle: Mine\nextends: [yours.yaml]\n"))


def test_missing_file_is_an_error():
    with pytest.raises(InputError, match="cannot be read"):
        load_profile("no/such.yaml")


JUNK = (
    "",
    "null",
    "[]",
    "{}",
    "-1",
    "1.5",
    "yes",
    "$x",
    "a: b",
    "[[1]]",
    "{not: }",
    '""',
    "9" * 30,
    "&a",
    "1..",
    "/",
)


@given(line=st.integers(1, len(MINE.splitlines()) - 1), junk=st.sampled_from(JUNK))
def test_any_file_is_a_profile_or_an_input_error(tmp_path_factory, line, junk):
    lines = MINE.splitlines()
    lines[line] = lines[line].partition(":")[0] + f": {junk}"
    path = tmp_path_factory.mktemp("junk") / "mine.yaml"
    path.write_text("\n".join(lines), encoding="utf-8")
    with contextlib.suppress(InputError):
        assert load_profile(str(path)).name


def test_lint_tells_every_mistake(write):
    path = write(MINE.replace("ip.ttl: 255", "ip.tttl: 255, ip.src: $vnj"))
    assert [re.search(r"`.*?`", str(mistake))[0] for mistake in lint_file(path)] == ["`ip.tttl`", "`$vnj`"]


def test_parameters_are_set():
    profile = with_parameters(load_profile("flannel-vxlan"), {"vni": 5}, Option("--set"))
    assert (profile.values("vni"), load_profile("flannel-vxlan").values("vni")) == ((5,), (1,))


def test_unknown_parameter_is_answered_with_the_nearest():
    with pytest.raises(
        InputError, match=r"--set: profile `flannel-vxlan` has no parameter `vnj`\n  fix: did you mean `vni`"
    ):
        with_parameters(load_profile("flannel-vxlan"), {"vnj": 5}, Option("--set"))


def test_unknown_parameters_of_a_topology_are_told():
    assert unknown_parameters(load_profile("flannel-vxlan"), {"vni": 1, "block_size": 26}) == ("block_size",)


def test_every_profile_loads_fast():
    assert min(seconds_to_load_every_profile() for _ in range(5)) < 0.3  # 0.09 s on an idle machine


def seconds_to_load_every_profile():
    rules._load_shipped.cache_clear()
    rules._shipped.cache_clear()
    start = time.process_time()
    assert len([load_profile(name) for name in profile_names()]) >= 30
    return time.process_time() - start


@pytest.mark.parametrize("name", profile_names())
def test_shipped_file_is_right(name):
    assert [str(mistake) for mistake in lint_file(str(rules_directory() / f"{name}.yaml"))] == []


@pytest.mark.parametrize("name", profile_names())
def test_profile_is_named_like_its_file(name):
    assert load_profile(name).name == name


@pytest.mark.parametrize("rule", own_rules(), ids=rule_id)
def test_rule_tells_why_and_how_to_mend(rule):
    assert all((rule.title, rule.because, rule.fix, rule.references))
    assert rule.diagnosis in cause_ids() or rule.severity is Severity.INFO


@pytest.mark.parametrize("rule", own_rules(), ids=rule_id)
def test_rule_has_tests(rule):
    assert rule.tests


def test_ids_of_rules_are_unique():
    ids = [rule.id for rule in own_rules()]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", [name for name in profile_names() if not load_profile(name).shared])
def test_profile_says_where_its_packets_go(name):
    profile = load_profile(name)
    assert profile.path("pod-to-pod", "cross-node")
    assert profile.path("pod-to-pod", "same-node")
    assert profile.path("pod-to-pod", "same-pod")
    assert profile.path("pod-to-external", "")
    assert profile.path("external-to-pod", "same-node")


@pytest.mark.parametrize("name", [name for name in profile_names() if not load_profile(name).shared])
def test_profile_can_be_recognised(name):
    assert load_profile(name).detect


@pytest.mark.parametrize("name", [name for name in profile_names() if load_profile(name).traits.tunnel_port])
def test_port_of_a_tunnel_has_a_value(name):
    profile = load_profile(name)
    assert isinstance(profile.value(profile.traits.tunnel_port), int)


@pytest.mark.parametrize("file", CAUSES, ids=lambda file: file.stem)
def test_cause_fits_its_schema_and_is_named_like_its_file(file):
    document = Document.load(file)
    document.validate("diagnosis")
    assert document.data["id"] == file.stem


@pytest.mark.parametrize("name", profile_names())
def test_what_says_how_to_decode_is_the_same_without_the_rules(name):
    whole, head = load_profile(name), load_decoding(name)
    assert replace(whole, rules=(), own_rules=frozenset()) == head
