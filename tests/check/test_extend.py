"""Several rule files become one profile: what is taken over, replaced and dropped."""

import pytest

from pcapcheck.check.extend import extend
from pcapcheck.check.rulefile import read_rule_file
from pcapcheck.documents.document import Document

RULE = "{{id: {id}, title: {title}, at: uplink, expect: {{ip.ttl: 1}}, because: a, fix: b, references: [c]}}"
BASE = f"""
profile: base
title: Base
parameters: {{vni: {{type: integer, default: 1}}, port: {{type: integer, default: 8472}}}}
decode_as: [{{udp.port: $port, as: vxlan}}]
detect: [{{at: uplink, when: {{form: vxlan}}}}]
traits: {{tunnel: vxlan, same_node: switched}}
paths:
  cross-node: [pod, {{vtep: routed}}, uplink, uplink, vtep, pod]
  same-node: [pod, bridge, pod]
rules: [{RULE.format(id="base/one", title="One")}, {RULE.format(id="base/two", title="Two")}]
"""


def made(*texts):
    return extend([read_rule_file(Document.parse(text, "demo.yaml")) for text in texts])


def child(text=""):
    return made(BASE, f"profile: child\ntitle: Child\nextends: [base]\n{text}")


def test_everything_is_taken_over():
    profile = child()
    assert (profile.name, profile.extends, [rule.id for rule in profile.rules]) == (
        "child",
        ("base",),
        ["base/one", "base/two"],
    )
    assert (profile.values("port"), profile.traits.tunnel, len(profile.detect)) == ((8472,), "vxlan", 1)


def test_rule_of_the_same_id_is_replaced_in_its_place():
    profile = child(f"rules: [{RULE.format(id='base/one', title='Other')}]")
    assert [rule.title for rule in profile.rules] == ["Other", "Two"]


def test_dropped_rules_are_gone():
    assert [rule.id for rule in child("drop: [base/one]").rules] == ["base/two"]


def test_parameters_and_traits_are_replaced_by_name():
    profile = child("parameters: {vni: {type: integer, default: 7}}\ntraits: {same_node: routed}")
    assert (profile.values("vni"), profile.values("port")) == ((7,), (8472,))
    assert (profile.traits.tunnel, profile.traits.same_node) == ("vxlan", "routed")


def test_clues_are_not_taken_over_where_there_are_own_ones():
    assert child("detect: []").detect == ()


def test_rules_of_kubernetes_alone_are_not_a_profiles_own():
    shared = BASE.replace("profile: base", "profile: kubernetes").replace("base/", "kubernetes/")
    profile = made(shared, f"profile: child\ntitle: C\nrules: [{RULE.format(id='child/a', title='A')}]")
    assert profile.own_rules == {"child/a"}


def hops(profile, name):
    return [(hop.role, hop.side[0], hop.form) for hop in profile.paths[name]]


def test_last_uplink_is_where_the_destination_begins():
    assert hops(child(), "cross-node") == [
        ("pod", "s", "plain"),
        ("vtep", "s", "plain"),
        ("uplink", "s", "vxlan"),
        ("uplink", "d", "vxlan"),
        ("vtep", "d", "plain"),
        ("pod", "d", "plain"),
    ]


def test_within_a_node_the_second_half_is_the_destinations():
    assert [side for _, side, _ in hops(child(), "same-node")] == ["s", "d", "d"]


def test_across_subnets_is_as_across_nodes_unless_the_file_says_otherwise():
    assert hops(child(), "cross-subnet") == hops(child(), "cross-node")
    other = child("paths: {cross-subnet: [pod, uplink, uplink, pod]}")
    assert len(other.paths["cross-subnet"]) == 4


def test_tunnel_between_subnets_is_only_there():
    profile = child("traits: {tunnel: vxlan, tunnel_between: subnets}")
    assert [{form for _, _, form in hops(profile, name)} for name in ("cross-node", "cross-subnet")] == [
        {"plain"},
        {"plain", "vxlan"},
    ]


def test_node_that_a_client_asks_is_neither_end():
    profile = child(
        "paths: {external-to-pod/cross-node: [{uplink: plain}, {vtep: routed}, uplink, uplink, pod]}"
    )
    assert hops(profile, "external-to-pod/cross-node") == [
        ("uplink", "v", "plain"),
        ("vtep", "v", "plain"),
        ("uplink", "v", "vxlan"),
        ("uplink", "d", "vxlan"),
        ("pod", "d", "plain"),
    ]


@pytest.mark.parametrize(
    ("name", "steps", "sides"),
    [
        ("pod-to-external", "[pod, veth, {uplink: routed}]", "sss"),
        ("external-to-pod", "[uplink, veth, pod]", "ddd"),
        ("node-to-pod", "[bridge, pod]", "dd"),
        ("same-pod", "[lo]", "d"),
    ],
)
def test_path_with_one_pod_is_on_one_side(name, steps, sides):
    assert "".join(side for _, side, _ in hops(child(f"paths: {{{name}: {steps}}}"), name)) == sides


def test_marks_say_how_far_the_ttl_falls():
    profile = child(
        "paths: {same-node: [pod, {veth: routed}, {veth: maybe-routed}, {uplink: routers}, {pod: optional}]}"
    )
    path = profile.paths["same-node"]
    assert [hop.routed for hop in path] == [(0, 0), (1, 1), (0, 1), (0, None), (0, 0)]
    assert [hop.optional for hop in path] == [False, False, False, False, True]
