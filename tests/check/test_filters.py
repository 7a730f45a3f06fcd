"""The filter language: one line of matchers."""

import pytest

from pcapcheck.check.filters import parse_filter
from pcapcheck.check.matchers import AnyOf, Literal, Not, Pattern, Present
from pcapcheck.documents.values import cidr
from pcapcheck.errors import InputError


def test_terms_become_matchers():
    assert parse_filter("inner.ip.dst=10.244.0.0/16 udp.dstport=8472,4789  form=vxlan") == {
        "inner.ip.dst": Literal(cidr("10.244.0.0/16"), "10.244.0.0/16"),
        "udp.dstport": AnyOf((Literal(8472, "8472"), Literal(4789, "4789"))),
        "form": Literal("vxlan", "vxlan"),
    }


def test_two_equal_signs_are_one():
    assert parse_filter("ip.ttl==64") == parse_filter("ip.ttl = 64")


def test_exclamation_mark_is_not():
    assert parse_filter("ip.ttl!=64") == {"ip.ttl": Not(Literal(64, "64"))}


def test_flow_mapping_is_read_as_a_rule_would_be():
    assert parse_filter("{ip.ttl: {not: 64}, vlan.id: {present: false}}") == {
        "ip.ttl": Not(Literal(64, "64")),
        "vlan.id": Present(False),
    }


def test_value_may_be_a_mapping_truth_or_pattern():
    assert parse_filter("vlan.id={present: false} ip.flags.df=true stack=link:{ip,ipv6}:*") == {
        "vlan.id": Present(False),
        "ip.flags.df": Literal(1, "true"),
        "stack": Pattern("link:{ip,ipv6}:*"),
    }


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "the filter is empty"),
        ("{}", "the filter is empty"),
        ("[1]", "this is not `field=value`"),
        ("ip.ttl", "this is not `field=value`"),
        ("udp.dsport=1", "did you mean `udp.dstport`?"),
        ("{udp.dsport: 1}", "did you mean `udp.dstport`?"),
        ("ip.ttl=64 ip.ttl=63", "is here twice"),
        ("ip.dst=10", "give an IPv4 address"),
        ("form=vxlann", "did you mean `vxlan`?"),
        ("ip.src=$source.pod.addresses", "looks at one packet only"),
        ("{ip.ttl: {hop: previous}}", "looks at one packet only"),
    ],
)
def test_what_is_no_filter_is_an_error(text, says):
    with pytest.raises(InputError, match="--filter") as error:
        parse_filter(text)
    assert says in str(error.value)


def test_error_points_at_the_term():
    with pytest.raises(InputError) as error:
        parse_filter("ip.ttl=64 udp.dsport=1")
    assert "    ip.ttl=64 udp.dsport=1\n              ^\n" in str(error.value)
