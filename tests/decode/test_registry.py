"""Dissector tables: found in a folder, added to by the user, checked."""

import pytest

from pcapcheck.decode import registry
from pcapcheck.decode.registry import code_of, dissector_table, field_kinds, link_type, link_type_name
from pcapcheck.errors import InputError


def entry(table, number, dissectors):
    return dissectors.tables[table][number]


def test_tables_come_from_the_protocols():
    assert entry("udp.port", 4789, dissector_table()) == code_of("vxlan")
    assert entry("eth.type", 0x0800, dissector_table()) == code_of("ip")


def test_the_number_of_nothing_names_nothing():
    assert [table[-1] for table in dissector_table().tables.values()] == [0] * len(dissector_table().tables)


def test_the_user_adds_and_takes_away():
    table = dissector_table({"udp.port": {8472: "vxlan", 4789: ""}})
    assert entry("udp.port", 8472, table) == code_of("vxlan")
    assert entry("udp.port", 4789, table) == 0


def test_one_run_does_not_change_the_next():
    dissector_table({"udp.port": {8472: "vxlan"}})
    assert entry("udp.port", 8472, dissector_table()) == 0


@pytest.mark.parametrize(
    ("extra", "advice"),
    [
        ({"udp.prt": {8472: "vxlan"}}, "did you mean `udp.port`"),
        ({"udp.port": {8472: "vxlam"}}, "did you mean `vxlan`"),
        ({"udp.port": {70000: "vxlan"}}, "from 0 to 65535"),
    ],
)
def test_mistakes_are_answered_with_advice(extra, advice):
    with pytest.raises(InputError, match=advice):
        dissector_table(extra)


def test_content_is_asked_only_on_demand():
    assert dissector_table().by_content == {}
    assert dissector_table(by_content=True).by_content == {"udp.port": (code_of("geneve"), code_of("vxlan"))}


def test_codes_fit_a_byte_and_names_are_unique():
    names = [protocol.name for protocol in registry.protocols()]
    assert len(names) < 255
    assert len(set(names)) == len(names)


def test_private_fields_have_no_kind_for_rules():
    assert field_kinds()["gre.key"] == "integer"
    assert "gre._vsid" not in field_kinds()


def test_a_link_type_has_the_name_that_people_use_or_its_number():
    names = {1: "Ethernet", 276: "Linux cooked v2", 127: "802.11 with radiotap", 147: "link type 147"}
    assert {number: link_type_name(number) for number in names} == names


def test_link_types_are_in_the_tables():
    codes = dissector_table().tables["linktype"]
    assert {number for number, code in enumerate(codes) if code} == registry.link_types().keys()


def test_of_a_link_type_that_nobody_decodes_nothing_is_known():
    assert link_type(147) == link_type(None)
    assert (link_type(113).cooked, link_type(113).indexed, link_type(276).indexed) == (True, False, True)
