"""What a file says about a field becomes a matcher, or an error at its place."""

import pytest
from scopes import NOWHERE

from pcapcheck.check.matchers import AnyOf, Bits, Earlier, Literal, Not, Other, Pattern, Present, Variable
from pcapcheck.check.rulereader import FORMS, read, read_value
from pcapcheck.decode.stack import form
from pcapcheck.documents.events import Place
from pcapcheck.documents.values import Span, cidr
from pcapcheck.errors import InputError

HERE = Place("rules.yaml", 3, 9, "  when: {ip.ttl: here}")


@pytest.mark.parametrize(
    ("data", "matcher"),
    [
        (64, Literal(64, "64")),
        (True, Literal(1, "true")),
        ("0x2000", Literal(0x2000, "0x2000")),
        ("52:54:00:00:00:01", Literal(0x525400000001, "52:54:00:00:00:01")),
        ("10.244.0.5", Literal(0x0AF40005, "10.244.0.5")),
        ("fd00::5", Literal((0xFD << 120) + 5, "fd00::5")),
        ("10.244.0.0/16", Literal(cidr("10.244.0.0/16"), "10.244.0.0/16")),
        ("49152..65535", Literal(Span(49152, 65535), "49152..65535")),
        ("$vni", Variable("ip.ttl", "vni")),
        ([1, "$vni"], AnyOf((Literal(1, "1"), Variable("ip.ttl", "vni")))),
        ({"not": [1]}, Not(AnyOf((Literal(1, "1"),)))),
        ({"present": False}, Present(False)),
        ({"hop": "previous"}, Earlier("ip.ttl", 0)),
        ({"hop": "previous", "minus": "$routed"}, Earlier("ip.ttl", None)),
        ({"field": "inner.ip.ttl", "minus": 1}, Other("ip.ttl", "inner.ip.ttl", 1)),
        ({"bits": "8..31", "is": 7}, Bits(8, 31, Literal(7, "7"))),
    ],
    ids=str,
)
def test_matcher(data, matcher):
    assert read("ip.ttl", data, HERE) == matcher


def test_six_groups_of_an_ipv6_address_are_no_mac():
    assert read_value("fd00:10:244::5:1") == int.from_bytes(bytes.fromhex("fd000010024400000000000000050001"))


def test_stack_is_a_pattern_and_form_a_word():
    assert [read("stack", "link:ip:*", HERE), read("form", "vxlan", HERE)] == [
        Pattern("link:ip:*"),
        Literal("vxlan", "vxlan"),
    ]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (None, "nothing stands where a matcher"),
        (1.5, "`1.5` stands where a matcher"),
        ([], "an empty list"),
        ("eigthy", "neither a number"),
        ("10.244.0.0/99", "neither a number"),
        ({"nott": 1}, "did you mean `not`?"),
        ({"minus": 1}, "do not make one matcher"),
        ({"not": 1, "present": True}, "do not make one matcher"),
        ({"present": "maybe"}, "neither true nor false"),
        ({"hop": "next"}, "not a hop to compare with"),
        ({"hop": "previous", "minus": "two"}, "is not a number"),
        ({"field": 3}, "does not name a field"),
        ({"field": "ip.ttl", "minus": True}, "is not a number"),
        ({"bits": "8", "is": 1}, "needs a range of bits"),
        ({"bits": "8..31"}, "needs a range of bits"),
    ],
    ids=str,
)
def test_what_is_no_matcher_is_an_error_at_its_place(data, says):
    with pytest.raises(InputError, match=r"rules\.yaml:3:9") as error:
        read("ip.ttl", data, HERE)
    assert says in str(error.value)


def test_unknown_form_is_answered_with_the_nearest():
    with pytest.raises(InputError, match="did you mean `vxlan`"):
        read("form", "vxlann", HERE)


@pytest.mark.parametrize(
    "stack",
    [
        "eth:ip:tcp",
        "eth:ip:udp:vxlan:eth:ip",
        "eth:ip:ip:tcp",
        "eth:ip:gre:eth:ip",
        "eth:ip:udp:wg",
        "eth:ip:udp:flannel-udp:ip",
    ],
)
def test_every_form_that_the_decoder_gives_may_be_named(stack):
    assert form(stack) in FORMS
    assert read("form", form(stack), HERE).judge(form(stack), NOWHERE).value == "holds"
