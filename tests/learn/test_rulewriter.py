"""Lessons as a rule file."""

from dataclasses import replace

import yaml

from pcapcheck.check.parameter import Parameter
from pcapcheck.check.rules import load_profile
from pcapcheck.learn.lessons import Lesson
from pcapcheck.learn.rulewriter import rule_file

BASE = load_profile("flannel-vxlan")
LESSON = Lesson(("uplink",), "source", "vxlan", ("pod-to-pod",), ("cross-node",), "vxlan.vni", ("1",), 58, 6)


def written(*lessons, base=BASE, drop=()):
    return rule_file("mine", lessons, base, shipped=BASE.parameters, drop=drop, remarks=("Learnt today.",))


def test_rule_says_what_it_was_learnt_from():
    (rule,) = yaml.safe_load(written(LESSON))["rules"]
    assert rule["because"] == "All 58 packets of 6 flows in the good captures had it."
    assert rule["expect"] == {"vxlan.vni": 1}
    assert (rule["at"], rule["side"], rule["form"]) == ("uplink", "source", "vxlan")
    assert rule["traffic"] == ["pod-to-pod", "cross-node"]


def test_file_can_be_loaded(tmp_path):
    mac = replace(LESSON, field="inner.eth.dst", expected=("ee:ee:ee:ee:ee:ee",))
    stack = replace(LESSON, field="stack", expected=("link:ip:*", "link:ipv6:*"), when="link:*:ip:{tcp,udp}")
    (tmp_path / "mine.yaml").write_text(written(LESSON, mac, stack, drop=("kubernetes/once",)))
    profile = load_profile(str(tmp_path / "mine.yaml"))
    assert sum(rule.id.startswith("mine/") for rule in profile.rules) == 3
    assert "kubernetes/once" not in {rule.id for rule in profile.rules}


def test_what_one_flow_had_is_a_warning_only():
    (rule,) = yaml.safe_load(written(replace(LESSON, flows=1)))["rules"]
    assert rule["severity"] == "warning"


def test_rules_have_ids_of_their_own():
    rules = yaml.safe_load(written(LESSON, replace(LESSON, form="geneve")))["rules"]
    assert len({rule["id"] for rule in rules}) == 2


def test_parameters_in_force_are_kept():
    changed: dict[str, Parameter] = {"vni": replace(BASE.parameters["vni"], values=(7,))}
    base = replace(BASE, parameters={**BASE.parameters, **changed})
    assert yaml.safe_load(written(base=base))["parameters"]["vni"]["default"] == 7
    assert "parameters" not in yaml.safe_load(written())


def test_remark_comes_first():
    assert written(LESSON).startswith("# Learnt today.\nprofile: mine\n")
