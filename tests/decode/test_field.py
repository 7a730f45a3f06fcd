"""The protocol tables: what must hold for every field of every protocol."""

import pytest

from pcapcheck.decode.field import Field, Protocol
from pcapcheck.decode.registry import protocols

FIELDS = [field for protocol in protocols() for field in protocol.fields]


def name(field):
    return field.name


@pytest.mark.parametrize("field", FIELDS, ids=name)
def test_a_scaled_field_fits_its_own_type(field):
    largest = field.mask >> ((field.mask & -field.mask).bit_length() - 1) if field.mask else 0
    assert largest * field.scale < 1 << 8 * field.width


@pytest.mark.parametrize("field", FIELDS, ids=name)
def test_a_mask_lies_within_its_field_and_has_no_holes(field):
    shifted = field.mask >> max((field.mask & -field.mask).bit_length() - 1, 0)
    assert field.mask < 1 << 8 * field.width
    assert shifted & (shifted + 1) == 0


@pytest.mark.parametrize("protocol", protocols(), ids=name)
def test_conditions_name_fields_of_the_same_protocol(protocol):
    conditions = {condition for field in protocol.fields for condition in field.when}
    assert [condition for condition in conditions if not protocol.named(condition)] == []


@pytest.mark.parametrize("protocol", protocols(), ids=name)
def test_fields_of_a_protocol_share_a_kind_where_they_share_a_name(protocol):
    kinds = {(field.name, field.kind) for field in protocol.fields}
    assert len(kinds) == len({field.name for field in protocol.fields})


def test_a_single_bit_is_a_boolean_and_types_of_addresses_are_kinds():
    assert Field("x.flag", 0, "u1", mask=0x10).kind == "boolean"
    assert Field("x.part", 0, "u1", mask=0x30).kind == "integer"
    assert Field("x.mac", 0, "mac").kind == "mac"


def test_private_names_begin_with_an_underscore_after_the_last_dot():
    assert not Field("gre._vsid", 4, ">u4").public
    assert Field("gre.key", 4, ">u4").public


def test_the_minimum_is_what_every_header_has():
    protocol = Protocol("x", (Field("x.a", 0, ">u2"), Field("x.b", 2, ">u4", when={"x.a": (1,)})))
    assert protocol.minimum == 2
