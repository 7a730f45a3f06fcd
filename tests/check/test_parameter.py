"""Parameters: what they may be, and what is said if they are something else."""

import pytest

from pcapcheck.check.parameter import give, read_parameter
from pcapcheck.documents.cursor import Cursor
from pcapcheck.documents.document import Document
from pcapcheck.documents.events import Place
from pcapcheck.documents.values import Span, cidr
from pcapcheck.errors import InputError

HERE = Place("topology.yaml", 1, 1)


def parameter(text):
    document = Document.parse(f"vni: {text}", "demo.yaml")
    return read_parameter("vni", Cursor.top(document).at("vni"))


@pytest.mark.parametrize(
    ("text", "values", "written"),
    [
        ("{type: integer, default: 1}", (1,), "1"),
        ("{type: integer, default: 0x10}", (16,), "16"),
        ("{type: integer, many: true, default: [1, 2]}", (1, 2), "1, 2"),
        ("{type: boolean, default: true}", (1,), "true"),
        ("{type: text, default: Always, choices: [Always, Never]}", ("Always",), "Always"),
        ('{type: mac, default: "ee:ee:ee:ee:ee:ee"}', (0xEEEEEEEEEEEE,), "ee:ee:ee:ee:ee:ee"),
        ("{type: address, default: 10.0.0.1}", (0x0A000001,), "10.0.0.1"),
        ("{type: network, default: 10.0.0.0/8}", (cidr("10.0.0.0/8"),), "10.0.0.0/8"),
        ("{type: range, default: 32768..60999}", (Span(32768, 60999),), "32768..60999"),
        ("{type: integer}", (), ""),
    ],
)
def test_default_is_in_force(text, values, written):
    read = parameter(text)
    assert (read.values, read.written) == (values, written)


@pytest.mark.parametrize(
    ("text", "data", "says"),
    [
        ("{type: integer, minimum: 1, maximum: 16777215}", 0, "give 1 to 16777215"),
        ("{type: integer, minimum: 1}", 0, "give 1 to any"),
        ("{type: integer}", "many", "is not a number"),
        ("{type: integer}", True, "is not a number"),
        ("{type: integer}", [1, 2], "takes one value"),
        ("{type: boolean}", "maybe", "neither true nor false"),
        ("{type: text, choices: [Always, Never]}", "Allways", "did you mean `Always`?"),
        ("{type: text}", 3, "is not text"),
        ("{type: mac}", "ee:ee", "give a MAC"),
        ("{type: range}", "5", "give a range"),
        ("{type: network}", 5, "give a network"),
    ],
)
def test_value_that_does_not_fit_is_an_error(text, data, says):
    with pytest.raises(InputError, match=r"topology\.yaml:1:1") as error:
        give(parameter(text), data, HERE)
    assert says in str(error.value)


def test_number_may_be_given_as_text():
    assert give(parameter("{type: integer}"), "5", HERE).values == (5,)


def test_list_may_be_given_as_text_with_commas():
    assert give(parameter("{type: integer, many: true}"), "1,2", HERE).values == (1, 2)


def test_value_can_be_taken_away():
    assert give(parameter("{type: integer, default: 1}"), None, HERE).values == ()


def test_unknown_type_is_answered_with_the_nearest():
    with pytest.raises(InputError, match="did you mean `integer`"):
        parameter("{type: intger}")
