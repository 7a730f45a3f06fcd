"""What packets have in common."""

from dataclasses import replace

import pytest
from looks import look

from pcapcheck.learn.lessons import Lesson, lessons, merged, pattern

PLAIN = Lesson(("uplink",), "source", "vxlan", ("pod-to-pod",), ("cross-node",), "vxlan.vni", ("1",), 10, 2)


def learnt(sample, field, role):
    return [each for each in lessons(look(sample)) if each.field == field and role in each.at]


@pytest.mark.parametrize(
    ("field", "role", "expected"),
    [
        ("vxlan.vni", "uplink", "1"),
        ("udp.dstport", "uplink", "8472"),
        ("form", "uplink", "vxlan"),
        ("stack", "uplink", "link:ip:udp:vxlan:eth:ip:*"),
        ("inner.eth.dst", "uplink", "$destination.node.vtep.mac"),
        ("ip.src", "uplink", "$source.node.addresses"),
    ],
)
def test_lesson_is_what_never_differs(field, role, expected):
    (lesson,) = learnt("flannel-vxlan", field, role)
    assert lesson.expected == (expected,)
    assert lesson.side == ""
    assert lesson.packets >= lesson.flows > 1


def test_ttl_is_learnt_at_each_end():
    found = {each.side: each.expected for each in learnt("flannel-vxlan", "inner.ip.ttl", "pod")}
    assert found == {"source": ("64",), "destination": ("62",)}


def test_mac_of_one_interface_is_never_a_value():
    macs = [each for each in lessons(look("flannel-vxlan")) if "eth." in each.field]
    assert macs
    assert all(each.expected[0].startswith("$") for each in macs)


def test_field_whose_values_differ_teaches_nothing():
    assert learnt("flannel-vxlan-vni-mismatch", "vxlan.vni", "uplink")[0].expected == ("1", "7")
    assert all(len(each.expected) <= 4 for each in lessons(look("flannel-vxlan")))


@pytest.mark.parametrize(
    ("stack", "made"),
    [("eth:ip:udp:vxlan:eth:ip", "link:ip:udp:vxlan:eth:ip:*"), ("eth:vlan:ip:gre:ip", "link:ip:gre:ip:*")],
)
def test_pattern_fits_any_flow_in_a_tunnel(stack, made):
    assert pattern(stack) == made


def test_what_holds_at_both_ends_is_one_lesson():
    (both,) = merged([PLAIN, replace(PLAIN, side="destination")])
    assert (both.side, both.packets, both.flows) == ("", 20, 2)


def test_what_holds_at_one_end_keeps_it():
    other = replace(PLAIN, side="destination", expected=("2",))
    assert {each.side for each in merged([PLAIN, other])} == {"source", "destination"}


def test_what_passes_by_otherwise_keeps_a_lesson_to_its_ends():
    """NodePort crosses an uplink that is at neither end; no rule can be about that pass alone."""
    via = replace(PLAIN, side="", expected=("2",))
    assert {each.side for each in merged([PLAIN, replace(PLAIN, side="destination"), via])} == {
        "source",
        "destination",
    }


def test_kinds_and_roles_that_teach_the_same_are_joined():
    service = replace(PLAIN, who=("pod-to-service",))
    vtep = [replace(each, at=("vtep",)) for each in (PLAIN, service)]
    (joined,) = merged([PLAIN, service, *vtep])
    assert joined.at == ("uplink", "vtep")
    assert joined.who == ("pod-to-pod", "pod-to-service")
