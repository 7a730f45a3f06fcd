"""A cursor over a document gives values in one spelling, and says where a wrong one stands."""

import pytest

from pcapcheck.documents.cursor import Cursor
from pcapcheck.documents.document import Document
from pcapcheck.errors import InputError

DOCUMENT = Document.parse("title: demo\nat: [pod, veth]\nside: source\nrules:\n  - id: one\n", "demo.yaml")
TOP = Cursor.top(DOCUMENT)


def top(text: str) -> Cursor:
    return Cursor.top(Document.parse(text, "t.yaml"))


def test_parts_are_found_by_key_and_index():
    assert TOP.at("rules").at(0).text("id") == "one"


def test_missing_part_is_empty():
    assert [TOP.get("nothing"), list(TOP.at("nothing").items()), list(TOP.at("nothing").each())] == [
        None,
        [],
        [],
    ]


def test_words_are_one_or_a_list():
    assert [TOP.words("at"), TOP.words("side"), TOP.words("nothing")] == [("pod", "veth"), ("source",), ()]


def test_key_is_in_the_mapping_that_has_it():
    assert ["at" in TOP, "nothing" in TOP, "x" in TOP.at("title")] == [True, False, False]


def test_error_shows_where_the_value_stands():
    error = str(TOP.at("at").error("wrong", "mend it"))
    assert error.startswith("demo.yaml:2:5: wrong\n    at: [pod, veth]\n        ^\n")


def test_key_error_shows_where_the_key_stands():
    assert str(TOP.at("side").key_error("wrong", "mend it")).startswith("demo.yaml:3:1:")


@pytest.mark.parametrize(
    "ask",
    [
        lambda: TOP.text("at"),
        lambda: TOP.at("rules").words("x"),
        lambda: list(TOP.at("title").items()),
        lambda: list(TOP.at("title").each()),
        lambda: TOP.at("title").get("x"),
        lambda: top("at: [1]").words("at"),
    ],
    ids=[
        "list for text",
        "list for mapping",
        "items of text",
        "entries of text",
        "key of text",
        "number for word",
    ],
)
def test_what_has_another_shape_is_an_error(ask):
    with pytest.raises(InputError):
        ask()


def test_missing_word_is_none_and_known_words_are_given_back():
    assert [TOP.choice("nothing", ("pod",)), TOP.choices("at", ("pod", "veth"))] == [None, ("pod", "veth")]


def test_unknown_word_is_compared_with_the_known_ones():
    with pytest.raises(InputError, match=r"demo.yaml:2:5: `veth` is not known under `at`"):
        TOP.choices("at", ("pod", "vtep"))


def test_one_word_is_wanted_where_there_is_a_choice():
    with pytest.raises(InputError, match=r"`at` has several values"):
        TOP.choice("at", ("pod", "veth"))


def test_list_of_mappings_may_be_one_mapping():
    assert [each.get("x") for each in top("a: {x: 1}").at("a").one_or_each()] == [1]
    assert [each.get("x") for each in top("a: [{x: 1}, {x: 2}]").at("a").one_or_each()] == [1, 2]
    assert list(top("a: {}").at("a").one_or_each()) == []


def test_addresses_are_one_or_a_list_and_get_one_spelling():
    assert top("a: 10.0.0.1/24").addresses("a") == ("10.0.0.1/24",)
    assert top("a: ['FD00:0::1', 10.0.0.1]").addresses("a") == ("fd00::1", "10.0.0.1")


def test_absent_addresses_are_none():
    assert top("b: 1").addresses("a") == ()


def test_bad_address_of_a_list_is_refused_at_its_place():
    with pytest.raises(InputError, match=r"t\.yaml:1:15: `10.0.0` is not an IPv4 address"):
        top("a: [10.0.0.1, 10.0.0]").addresses("a")


def test_bad_time_is_refused_at_its_place():
    with pytest.raises(InputError, match=r"t\.yaml:1:4: `today` is not a time"):
        top("a: today").time("a")


def test_mac_gets_one_spelling():
    assert top("a: 0A-0-0-0-0-1").mac("a") == "0a:00:00:00:00:01"
