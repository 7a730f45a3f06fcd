import pytest

from pcapcheck.documents.schema import first_difference


def difference(data):
    found = first_difference(data, "topology")
    assert found
    return found


def interface(**keys):
    return {"nodes": {"node1": {"interfaces": {"eth0": {"kind": "uplink", **keys}}}}}


def test_data_that_fit_have_no_difference():
    assert first_difference(interface(mtu=1500), "topology") is None


def test_unknown_key_is_pointed_at_with_the_nearest_known():
    found = difference(interface(mtuu=1500))
    assert found.path == ("nodes", "node1", "interfaces", "eth0")
    assert (found.key, found.what, found.fix) == ("mtuu", "`mtuu` is not known here", "did you mean `mtu`?")


def test_unknown_key_that_resembles_nothing_lists_the_known():
    assert "known here: accepted, captures, cluster" in difference({"xyzzy": 1}).fix


def test_missing_key_is_named():
    found = difference({"nodes": {"n": {"interfaces": {"e": {}}}}})
    assert (found.path, found.what) == (("nodes", "n", "interfaces", "e"), "`kind:` is missing")


def test_all_missing_keys_are_named_at_once():
    rule = {"id": "a/b", "title": "t", "at": "uplink", "expect": {"ip.ttl": 7}}
    found = first_difference({"profile": "a", "title": "t", "rules": [rule]}, "rules")
    assert found.what == "`because:`, `fix:` and `references:` are missing"


def test_unknown_word_is_compared_with_the_known():
    assert (
        difference({"nodes": {"n": {"interfaces": {"e": {"kind": "uplnk"}}}}}).fix == "did you mean `uplink`?"
    )


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (interface(mtu="big"), "text `big` stands where a whole number belongs"),
        (interface(bridge=5), "a whole number `5` stands where text belongs"),
        (None, "nothing stands where a mapping belongs"),
        ([], "a list stands where a mapping belongs"),
        (interface(vni=1 << 24), "`16777216` is more than 16777215"),
        (interface(mtu=1), "`1` is less than 68"),
        ({"captures": {"a.pcap": 5}}, "a whole number `5` stands where a mapping or a list belongs"),
    ],
)
def test_value_of_the_wrong_kind_is_described(data, what):
    assert difference(data).what == what


def test_number_where_text_belongs_wants_quotes():
    assert difference(interface(bridge=5)).fix == "put the value in quotes"


def test_description_of_the_schema_is_the_advice():
    assert difference(interface(mac="52:54")).fix == "write a MAC address such as 52:54:00:12:34:56"


def test_alternative_that_comes_nearest_is_explained():
    assert difference({"captures": {"a": [{"nod": "x"}]}}).fix == "did you mean `node`?"
    assert difference({"nodes": {"n": {"addresses": 5}}}).fix == "write an address, or a list of addresses"


def test_description_beside_a_reference_is_the_advice():
    found = first_difference({"profile": "a", "title": 5}, "rules")
    assert (found.what, found.fix) == ("a whole number `5` stands where text belongs", "one line for people")


def test_word_of_a_definition_is_compared_with_the_known_through_two_references():
    found = first_difference({"profile": "a", "title": "t", "paths": {"arp": [{"pod": "rooted"}]}}, "rules")
    assert found.fix == "did you mean `routed`?"


def test_the_advice_about_a_value_of_no_alternative_names_no_schema():
    found = difference({"captures": {"a.pcap": 5}})
    assert (found.path, found.key) == (("captures", "a.pcap"), None)
    assert "$" not in found.what + found.fix
