from clusters import hop
from networks import rule

from pcapcheck.check.choice import agreement
from pcapcheck.check.parameter import Parameter
from pcapcheck.check.profile import Profile, Traits

ONE, TWO = rule(id="a/one"), rule(id="b/two")


def agreed(*traits):
    return agreement([Profile(str(number), "", traits=each) for number, each in enumerate(traits)]).traits


def test_only_rules_that_all_have_are_judged():
    first = Profile("a", "A", rules=(ONE, TWO), own_rules=frozenset({"a/one", "b/two"}))
    both = agreement([first, Profile("b", "B", rules=(TWO,)), Profile("c", "C", rules=(TWO, ONE))])
    assert (both.name, both.rules, both.own_rules) == ("a", (TWO,), {"b/two"})


def test_rules_of_one_name_that_say_something_else_are_not_shared():
    other = rule(id="a/one", title="Another")
    assert agreement([Profile("a", "A", rules=(ONE,)), Profile("b", "B", rules=(other,))]).rules == ()


def test_only_paths_that_all_have_are_expected():
    way, other = (hop("pod", "source"),), (hop("uplink", "source"),)
    first = Profile("a", "A", paths={"same-node": way, "cross-node": way, "host": way})
    second = Profile("b", "B", paths={"same-node": way, "cross-node": other})
    assert agreement([first, second]).paths == {"same-node": way}


def test_a_trait_in_which_they_differ_says_nothing():
    found = agreed(Traits(tunnel="vxlan", tunnel_port=4789), Traits(tunnel="vxlan", tunnel_port=8472))
    assert (found.tunnel, found.tunnel_port, found.same_node) == ("vxlan", None, "routed")
    assert agreed(Traits(same_node="routed"), Traits(same_node="switched")).same_node == ""


def test_what_only_excuses_counts_if_any_says_so():
    found = agreed(Traits(), Traits(same_node="never"), Traits(shared_mac=True))
    assert (found.same_node, found.shared_mac) == ("never", True)


def test_parameters_are_the_first_ones():
    vni = Parameter("vni", "integer", (7,))
    assert agreement([Profile("a", "A", parameters={"vni": vni}), Profile("b", "B")]).parameters == {
        "vni": vni
    }


def test_a_profile_agrees_with_itself():
    alone = Profile("a", "A", rules=(ONE,), own_rules=frozenset({"a/one"}), traits=Traits(tunnel="gre"))
    assert agreement([alone]) == alone
