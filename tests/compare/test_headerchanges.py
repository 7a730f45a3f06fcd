"""Fields of which one set has values that the other has not."""

import pytest
from looks import look

from pcapcheck.compare.headerchanges import header_changes


def changes(good, bad):
    return list(header_changes(look(good), look(bad)))


def test_wrong_vni_is_told_with_its_node_and_first_frame():
    change = next(
        each for each in changes("flannel-vxlan", "flannel-vxlan-vni-mismatch") if each.side == "source"
    )
    assert (change.role, change.form, change.field) == ("uplink", "vxlan", "vxlan.vni")
    assert (change.both, change.good, change.bad) == (("1",), (), ("7",))
    assert len(change.nodes) == 1
    assert change.frames[0].file.endswith(f"{change.nodes[0]}_eth0.pcap")


@pytest.mark.parametrize(
    ("bad", "field", "value"),
    [
        ("flannel-vxlan-fdb-wrong-vtep", "ip.dst", "node node3"),
        ("calico-ipip-wrong-encapsulation", "form", "vxlan"),
    ],
)
def test_fault_shows_in_its_field(bad, field, value):
    good = bad.removesuffix("-fdb-wrong-vtep").removesuffix("-wrong-encapsulation")
    assert (field, value) in {(each.field, name) for each in changes(good, bad) for name in each.bad}


def test_form_and_what_depends_on_it_is_told_once():
    found = changes("calico-ipip", "calico-ipip-wrong-encapsulation")
    assert {each.field for each in found if each.form == ""} == {"form"}


@pytest.mark.parametrize("name", ["flannel-vxlan", "calico-ipip", "gre"])
def test_set_does_not_differ_from_itself(name):
    assert changes(name, name) == []
