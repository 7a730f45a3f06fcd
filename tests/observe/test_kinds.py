"""Fields that tell what a network does."""

import pytest

from pcapcheck.observe.kinds import fields_of


def names(form):
    return {each.name for each in fields_of(form)}


def test_inner_link_addresses_only_where_there_are_two():
    assert "inner.eth.src" in names("vxlan")
    assert "inner.eth.src" not in names("plain")


@pytest.mark.parametrize("form", ["plain", "ipip", "gre"])
def test_port_of_a_flow_is_not_taken_for_that_of_a_tunnel(form):
    assert "udp.dstport" not in names(form)


@pytest.mark.parametrize(
    ("form", "name"), [("vxlan", "vxlan.vni"), ("geneve", "geneve.vni"), ("nvgre", "gre.key")]
)
def test_number_of_a_tunnel_is_that_of_its_form(form, name):
    assert name in names(form)


def test_addresses_have_owners_and_numbers_have_none():
    kinds = {each.name: each.is_address for each in fields_of("vxlan")}
    assert (kinds["eth.src"], kinds["inner.ip.src"], kinds["vxlan.vni"]) == (True, True, False)
