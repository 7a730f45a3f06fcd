"""A profile: values of parameters, dissectors, paths by traffic, rules that apply."""

from pcapcheck.check.finding import Severity
from pcapcheck.check.parameter import Parameter
from pcapcheck.check.profile import DecodeAs, Profile, Traits, with_values
from pcapcheck.check.rule import Rule
from pcapcheck.correlate.paths import PathHop, reverse
from pcapcheck.documents.events import Place
from pcapcheck.documents.values import Span

UPLINK = (PathHop("uplink", "source"),)
POD = (PathHop("pod", "source"), PathHop("uplink", "source", routed=(1, 1)))
PORT = Parameter("port", "integer", (8472,))


def profile(**keys):
    return Profile("demo", "Demo", **keys)


def rule(name, **given):
    return Rule(name, "", Severity.ERROR, "", "", (), Place(""), given=given)


def test_trait_is_itself_or_its_parameter():
    demo = profile(parameters={"port": PORT})
    assert [demo.value(each) for each in ("$port", 6081, "$nothing", None)] == [8472, 6081, None, None]


def test_dissectors_take_numbers_and_parameters():
    entries = (DecodeAs("udp.port", "$port", "vxlan"), DecodeAs("udp.port", 6081, "geneve"))
    demo = profile(parameters={"port": PORT}, decode_as=entries)
    assert demo.dissectors() == {"udp.port": {8472: "vxlan", 6081: "geneve"}}


def test_parameter_without_a_value_gives_no_dissector():
    assert profile(decode_as=(DecodeAs("udp.port", "$port", "vxlan"),)).dissectors() == {}


def test_path_of_who_and_where_goes_before_the_others():
    demo = profile(paths={"node-to-pod/cross-node": POD, "node-to-pod": UPLINK, "cross-node": ()})
    assert demo.path("node-to-pod", "cross-node") == POD
    assert demo.path("node-to-pod", "same-node") == UPLINK


def test_between_pods_where_they_are_goes_before_who_asks():
    demo = profile(paths={"pod-to-service": UPLINK, "cross-node": POD})
    assert demo.path("pod-to-service", "cross-node") == POD
    assert demo.path("pod-to-service", "") == UPLINK


def test_traffic_without_a_path_has_no_hops():
    assert profile().path("host", "cross-node") == ()


def test_way_back_has_the_routed_mark_between_the_same_hops():
    demo = profile(paths={"pod-to-external": POD})
    back = reverse(demo.path("pod-to-external", ""))
    assert [(hop.role, hop.side, hop.routed) for hop in back] == [
        ("uplink", "destination", (0, 0)),
        ("pod", "destination", (1, 1)),
    ]


def test_tunnel_between_subnets_leaves_neighbours_plain():
    traits = Traits(tunnel="ipip", tunnel_between="subnets")
    assert [traits.form(where) for where in ("cross-node", "cross-subnet", "same-node")] == [
        "plain",
        "ipip",
        "plain",
    ]


def test_rule_applies_only_with_the_parameters_it_is_given():
    rules = (rule("a", masquerade=(1,)), rule("b", key=(Span(0, 9),)), rule("c"))
    demo = profile(parameters={"masquerade": Parameter("masquerade", "boolean", (0,))}, rules=rules)
    changed = with_values(demo, [Parameter("masquerade", "boolean", (1,)), Parameter("key", "integer", (5,))])
    assert [[each.id for each in demo.active], [each.id for each in changed.active]] == [
        ["c"],
        ["a", "b", "c"],
    ]
