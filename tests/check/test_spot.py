"""A part of a document: data, and its place when something is wrong."""

import pytest

from pcapcheck.check.spot import Spot
from pcapcheck.documents.document import Document
from pcapcheck.errors import InputError

DOCUMENT = Document.parse("title: demo\nat: [pod, veth]\nside: source\nrules:\n  - id: one\n", "demo.yaml")
TOP = Spot(DOCUMENT, DOCUMENT.data)


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
        lambda: Spot(DOCUMENT, DOCUMENT.data, ()).at("rules").words("x"),
        lambda: list(TOP.at("title").items()),
        lambda: list(TOP.at("title").each()),
        lambda: TOP.at("title").get("x"),
        lambda: Spot(Document.parse("at: [1]"), {"at": [1]}).words("at"),
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
