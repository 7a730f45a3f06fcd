import pytest

from pcapcheck.documents.document import Document
from pcapcheck.errors import InputError
from pcapcheck.topology.section import Section, endpoint, interface_address, network


def part(text: str) -> Section:
    return Section(Document.parse(text, "t.yaml"))


def test_addresses_are_one_or_a_list_and_get_one_spelling():
    assert part("a: 10.0.0.1/24").addresses("a") == ("10.0.0.1/24",)
    assert part("a: ['FD00:0::1', 10.0.0.1]").addresses("a") == ("fd00::1", "10.0.0.1")


def test_absent_addresses_are_none():
    assert part("b: 1").addresses("a") == ()


def test_bad_address_of_a_list_is_refused_at_its_place():
    with pytest.raises(InputError, match=r"t\.yaml:1:15: `10.0.0` is not an IPv4 address"):
        part("a: [10.0.0.1, 10.0.0]").addresses("a")


def test_bad_time_is_refused_at_its_place():
    with pytest.raises(InputError, match=r"t\.yaml:1:4: `today` is not a time"):
        part("a: today").time("a")


def test_mac_gets_one_spelling():
    assert part("a: 0A-0-0-0-0-1").mac("a") == "0a:00:00:00:00:01"


def test_list_of_mappings_may_be_one_mapping():
    assert [each.get("x") for each in part("a: {x: 1}").listed("a")] == [1]
    assert [each.get("x") for each in part("a: [{x: 1}, {x: 2}]").listed("a")] == [1, 2]


def test_endpoint_is_address_and_port():
    assert endpoint("10.244.1.7:53") == "10.244.1.7:53"
    assert endpoint("[FD00::7]:53") == "[fd00::7]:53"


@pytest.mark.parametrize(
    "text", ["10.244.1.7", "web:80", "10.0.0.1:0", "10.0.0.1:65536", "10.0.0.1:http", ":80"]
)
def test_text_that_is_no_endpoint_is_refused(text):
    with pytest.raises(ValueError, match=r"is no"):
        endpoint(text)


def test_network_loses_its_host_bits_and_an_interface_address_keeps_them():
    assert network("10.244.1.7/24") == "10.244.1.0/24"
    assert interface_address("10.244.1.7/24") == "10.244.1.7/24"
