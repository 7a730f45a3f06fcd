import pytest

from pcapcheck.check.candidates import RuleChoice, clue_fields, dissectors, find_candidates, given
from pcapcheck.check.parameter import Parameter
from pcapcheck.check.profile import Clue, DecodeAs, Profile
from pcapcheck.check.rules import profile_names
from pcapcheck.errors import InputError
from pcapcheck.topology.topology import Topology

ALL = RuleChoice()


def found(*names, topology=None, parameters=None, rules=ALL, **how):
    return find_candidates(topology or Topology(), names, parameters or {}, rules, **how)


@pytest.mark.parametrize(
    ("choice", "chosen"),
    [
        (ALL, ["a/x", "a/y", "b/x"]),
        (RuleChoice(select=("a/*",)), ["a/x", "a/y"]),
        (RuleChoice(select=("a/*",), ignore=("*/x",)), ["a/y"]),
        (RuleChoice(ignore=("*",)), []),
        (RuleChoice(require=("b/x",)), ["a/x", "a/y", "b/x"]),
    ],
    ids=["all", "selected", "selected and ignored", "none", "required"],
)
def test_rules_are_chosen_by_id_or_pattern(choice, chosen):
    assert [rule for rule in ("a/x", "a/y", "b/x") if rule in choice] == chosen


@pytest.mark.parametrize(
    ("choice", "chosen"),
    [
        (RuleChoice(select=("old/x",)), True),
        (RuleChoice(select=("old/*",)), True),
        (RuleChoice(select=("other/*",)), False),
        (RuleChoice(ignore=("old/x",)), False),
        (RuleChoice(select=("a/x",), ignore=("old/x",)), False),
    ],
)
def test_a_rule_is_chosen_by_an_id_that_it_had_before(choice, chosen):
    assert choice.takes("a/x", "old/x") == chosen


@pytest.mark.parametrize("option", ["select", "ignore", "require"])
def test_options_accept_the_former_id_of_a_rule(option):
    renamed = "calico-wireguard/never-in-clear"  # now calico/never-in-clear
    [profile] = found("calico-wireguard", rules=RuleChoice(**{option: (renamed,)})).profiles
    ids = [rule.id for rule in profile.rules]
    assert ("calico/never-in-clear" in ids) == (option != "ignore")
    assert (len(ids) == 1) == (option == "select")


def test_profiles_are_the_users_else_the_topologys_else_all():
    says = Topology(profile="calico-ipip")
    assert [each.name for each in found("gre", topology=says).profiles] == ["gre"]
    assert [each.name for each in found(topology=says).profiles] == ["calico-ipip"]
    assert [each.name for each in found().profiles] == list(profile_names())
    assert (found("gre").named, found(topology=says).named, found().named) == (True, True, False)


def test_where_only_decoding_matters_profiles_that_say_nothing_of_it_are_not_loaded():
    some = {each.name for each in found(decoding_only=True).profiles}
    assert "flannel-vxlan" in some
    assert some < set(profile_names())
    every, few = dissectors(found().profiles, {}), dissectors(found(decoding_only=True).profiles, {})
    assert every == few


def test_what_the_user_sets_goes_before_what_the_topology_says():
    says = Topology(profile="flannel-vxlan", parameters={"vni": 5, "vxlan_port": 4789}, source="t.yaml")
    [profile] = found(topology=says, parameters={"vni": 9}).profiles
    assert (profile.values("vni"), profile.values("vxlan_port")) == ((9,), (4789,))


def test_what_the_topology_says_is_for_the_profile_that_it_names():
    says = Topology(profile="flannel-vxlan", parameters={"vni": 5})
    assert found("calico-vxlan", topology=says).profiles[0].values("vni") == found("calico-vxlan").profiles[
        0
    ].values("vni")


def test_a_parameter_of_the_topology_that_the_profile_lacks_is_passed_over():
    assert found(topology=Topology(profile="gre", parameters={"nothing": 5})).profiles[0].name == "gre"


def test_only_chosen_rules_are_kept():
    kept = found("flannel-vxlan", rules=RuleChoice(select=("flannel-vxlan/*",))).profiles[0].rules
    assert {rule.id.partition("/")[0] for rule in kept} == {"flannel-vxlan"}


@pytest.mark.parametrize(
    ("names", "parameters", "rules", "says"),
    [
        (("nothing",), {}, ALL, "--profile"),
        (("gre",), {"kye": 5}, ALL, "did you mean `key`"),
        ((), {"kye": 5}, ALL, "did you mean `key`"),
        (("flannel-vxlan",), {"vni": "many"}, ALL, "--set"),
        (("gre",), {}, RuleChoice(select=("gre/nothing",)), "--select gre/nothing: no rule of profile `gre`"),
        (("gre", "vxlan"), {}, RuleChoice(ignore=("x/*",)), r"--ignore x/\*: no rule of these profiles"),
        (("gre",), {}, RuleChoice(require=("gre/keey",)), "--require gre/keey"),
    ],
)
def test_mistakes_end_before_a_packet_is_read(names, parameters, rules, says):
    with pytest.raises(InputError, match=says):
        found(*names, parameters=parameters, rules=rules)


def test_the_promises_of_a_topology_can_be_chosen_too():
    assert found("gre", rules=RuleChoice(select=("topology/traffic",))).profiles[0].rules == ()


def test_clues_are_looked_for_in_fields_and_form_and_stack_are_none():
    clues = (Clue((), {"vxlan.vni": None, "form": None}, 1), Clue((), {"ip.ttl": None, "stack": None}, 1))
    profiles = [Profile("a", "A", detect=clues), Profile("b", "B", detect=clues[:1])]
    assert clue_fields(profiles) == ("vxlan.vni", "ip.ttl")


def test_numbers_mean_what_any_profile_says_and_the_user_last():
    profiles = [
        Profile("a", "A", decode_as=(DecodeAs("udp.port", 8472, "vxlan"),)),
        Profile("b", "B", decode_as=(DecodeAs("udp.port", 6081, "geneve"), DecodeAs("ip.proto", 47, "gre"))),
    ]
    assert dissectors(profiles, {"udp.port": {8472: "geneve"}}) == {
        "udp.port": {8472: "geneve", 6081: "geneve"},
        "ip.proto": {47: "gre"},
    }


def test_a_profile_is_given_only_what_it_has():
    profile = Profile("a", "A", parameters={"vni": Parameter("vni", "integer", (1,))})
    assert given(profile, {"vni": "7", "key": 5}).values("vni") == (7,)
    assert given(profile, {"key": 5}) is profile
