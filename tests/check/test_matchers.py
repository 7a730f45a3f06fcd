"""Matchers: what holds, what is broken, and what is not judged at all."""

import pytest
from scopes import NOWHERE, Around

from pcapcheck.check.matchers import (
    AnyOf,
    Bits,
    Earlier,
    Literal,
    MatchVerdict,
    Not,
    Other,
    Pattern,
    Present,
    Variable,
    equal,
    select,
)
from pcapcheck.documents.values import Span, cidr

HOLDS, BROKEN = MatchVerdict.HOLDS, MatchVerdict.BROKEN
NOT_JUDGED, NOT_EVALUABLE = MatchVerdict.NOT_JUDGED, MatchVerdict.NOT_EVALUABLE
PORT = Literal(8472, "8472")
PODS = Literal(cidr("10.244.0.0/16"), "10.244.0.0/16")
UNKNOWN = Variable("ip.dst", "destination.node.addresses")


def test_value_holds_where_it_is_equal():
    assert [PORT.judge(each, NOWHERE) for each in (8472, 4789)] == [HOLDS, BROKEN]


def test_packet_without_the_field_is_not_judged():
    assert PORT.judge(None, NOWHERE) is NOT_JUDGED


def test_network_holds_for_the_addresses_in_it():
    assert [PODS.judge(each, NOWHERE) for each in (0x0AF40105, 0x0A600001)] == [HOLDS, BROKEN]


def test_range_includes_both_ends():
    ports = Literal(Span(49152, 65535), "49152..65535")
    assert [ports.judge(each, NOWHERE) for each in (49151, 49152, 65535)] == [BROKEN, HOLDS, HOLDS]


def test_list_holds_where_one_of_it_does():
    either = AnyOf((PORT, Literal(4789, "4789")))
    assert [either.judge(each, NOWHERE) for each in (4789, 53)] == [HOLDS, BROKEN]


def test_list_with_an_unknown_name_is_not_broken():
    assert AnyOf((PORT, UNKNOWN)).judge(53, NOWHERE) is NOT_EVALUABLE


def test_list_holds_although_a_name_is_unknown():
    assert AnyOf((UNKNOWN, PORT)).judge(8472, NOWHERE) is HOLDS


def test_not_turns_the_verdict_around():
    assert [Not(PODS).judge(each, NOWHERE) for each in (0x0AF40105, 0x0A600001)] == [BROKEN, HOLDS]


@pytest.mark.parametrize("matcher", [Not(PORT), Not(Present(True)), Not(AnyOf((PORT,)))])
def test_absent_field_is_not_judged_under_not(matcher):
    assert matcher.judge(None, NOWHERE) is NOT_JUDGED


def test_not_of_an_unknown_name_stays_not_evaluable():
    assert Not(UNKNOWN).judge(1, NOWHERE) is NOT_EVALUABLE


def test_presence_judges_packets_without_the_field():
    assert [Present(False).judge(each, NOWHERE) for each in (None, 7)] == [HOLDS, BROKEN]


def test_variable_holds_for_any_of_its_values():
    around = Around({"destination.node.addresses": (1, 2)})
    assert [UNKNOWN.judge(each, around) for each in (2, 3)] == [HOLDS, BROKEN]


def test_variable_may_be_a_network():
    inside = Variable("ip.dst", "cluster.pod_cidr")
    assert inside.judge(0x0AF40105, Around({"cluster.pod_cidr": (cidr("10.244.0.0/16"),)})) is HOLDS


@pytest.mark.parametrize("values", [None, ()])
def test_variable_without_a_value_is_not_evaluable(values):
    assert UNKNOWN.judge(1, Around({"destination.node.addresses": values})) is NOT_EVALUABLE


TTL = Earlier("inner.ip.ttl", None)


@pytest.mark.parametrize(
    ("routed", "ttl", "verdict"),
    [
        ((1, 1), 63, HOLDS),
        ((1, 1), 64, BROKEN),
        ((1, 1), 62, BROKEN),
        ((0, 1), 64, HOLDS),
        ((0, None), 40, HOLDS),
        ((0, None), 65, BROKEN),
    ],
)
def test_ttl_falls_by_the_routed_marks(routed, ttl, verdict):
    assert TTL.judge(ttl, Around(before={"inner.ip.ttl": (64,)}, routed=routed)) is verdict


def test_any_value_of_the_hop_before_will_do():
    assert TTL.judge(127, Around(before={"inner.ip.ttl": (64, 128)}, routed=(1, 1))) is HOLDS


def test_without_an_earlier_hop_nothing_is_judged():
    assert TTL.judge(64, NOWHERE) is NOT_JUDGED


def test_field_that_the_hop_before_lacks_is_not_judged():
    assert TTL.judge(64, Around(routed=(0, 0))) is NOT_JUDGED


def test_plain_hop_comparison_needs_no_routed_marks():
    same = Earlier("inner.ip.src", 0)
    around = Around(before={"inner.ip.src": (5,)})
    assert [same.judge(each, around) for each in (5, 6)] == [HOLDS, BROKEN]


def test_another_field_of_the_packet_is_compared_less_a_number():
    outer = Other("ip.ttl", "inner.ip.ttl", 1)
    around = Around(fields={"inner.ip.ttl": 64})
    assert [outer.judge(each, around) for each in (63, 64)] == [HOLDS, BROKEN]


def test_packet_without_the_other_field_is_not_judged():
    assert Other("ip.ttl", "inner.ip.ttl", 0).judge(64, NOWHERE) is NOT_JUDGED


def test_bits_are_counted_from_the_lowest():
    vsid = Bits(8, 31, Literal(0x44B76F, "0x44b76f"))
    assert [vsid.judge(each, NOWHERE) for each in (0x44B76FD4, 0x44B770D4)] == [HOLDS, BROKEN]


def test_pattern_judges_the_stack():
    pattern = Pattern("link:{ip,ipv6}:udp:vxlan:eth:*")
    stacks = ("eth:vlan:ip:udp:vxlan:eth:ip:tcp", "eth:ip:udp")
    assert [pattern.judge(each, NOWHERE) for each in stacks] == [HOLDS, BROKEN]


@pytest.mark.parametrize(
    ("packet", "verdict"),
    [
        ({"udp.dstport": 8472, "ip.dst": 2}, HOLDS),
        ({"udp.dstport": 53, "ip.dst": 2}, BROKEN),
        ({"ip.dst": 2}, BROKEN),
    ],
    ids=["all keys hold", "one does not", "one is absent"],
)
def test_when_selects_packets_of_which_all_keys_hold(packet, verdict):
    around = Around({"destination.node.addresses": (2,)})
    assert select({"udp.dstport": PORT, "ip.dst": UNKNOWN}, packet.get, around) is verdict


def test_when_with_an_unknown_name_is_not_evaluable_only_if_the_rest_holds():
    when = {"udp.dstport": PORT, "ip.dst": UNKNOWN}
    verdicts = [select(when, {"udp.dstport": port, "ip.dst": 2}.get, NOWHERE) for port in (8472, 53)]
    assert verdicts == [NOT_EVALUABLE, BROKEN]


def test_absent_field_does_not_match_under_not_in_when():
    assert select({"vlan.id": Not(Literal(7, "7"))}, {}.get, NOWHERE) is BROKEN


@pytest.mark.parametrize(
    ("matcher", "text"),
    [
        (PODS, "10.244.0.0/16"),
        (AnyOf((PORT, Literal(4789, "4789"))), "8472 or 4789"),
        (Not(AnyOf((PORT, Literal(4789, "4789")))), "none of 8472, 4789"),
        (Not(PORT), "not 8472"),
        (Present(False), "absent"),
        (UNKNOWN, "$destination.node.addresses"),
        (TTL, "the value at the previous hop"),
        (Other("ip.ttl", "inner.ip.ttl", 1), "inner.ip.ttl less 1"),
        (Pattern("eth:*"), "eth:*"),
        (Bits(8, 31, PORT), "8472 in bits 8 to 31"),
    ],
)
def test_expectation_can_be_read(matcher, text):
    assert matcher.expected_text(NOWHERE) == text


@pytest.mark.parametrize(("routed", "text"), [((1, 1), "63"), ((0, 1), "63..64"), ((0, None), "at most 64")])
def test_expected_ttl_is_a_number_or_range(routed, text):
    assert TTL.expected_text(Around(before={"inner.ip.ttl": (64,)}, routed=routed)) == text


def test_long_list_of_values_is_cut():
    around = Around({"destination.node.addresses": tuple(range(9))})
    assert UNKNOWN.expected_text(around) == "0 or 1 or 2 or 3 or …"


def test_matcher_tells_what_it_reads():
    matcher = AnyOf((Not(UNKNOWN), Other("ip.ttl", "inner.ip.ttl", 0), TTL))
    assert (matcher.variables, matcher.fields, matcher.earlier) == (
        ("destination.node.addresses",),
        ("inner.ip.ttl",),
        (TTL,),
    )


def test_value_that_looks_like_its_own_span_is_equal():
    assert equal(Span(1, 2), Span(1, 2))
