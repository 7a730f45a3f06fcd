"""Tuples joined across translation: what is one flow, and what only looks like one."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcapcheck.correlate.nat import SECONDS, join_tuples, reverse_of

POD, SERVICE, NODE, EXTERNAL = "pod", "service", "node", "external"
CLIENT, SERVER, OTHER = ("10.244.1.5", 4000, POD), ("10.244.2.5", 8080, POD), ("10.244.3.5", 8080, POD)
VIP, PORT = ("10.96.0.10", 80, SERVICE), ("192.168.10.1", 30080, NODE)
MASQUERADED = ("192.168.10.1", 61000, NODE)
OUTSIDE, INTERNET = ("198.51.100.7", 5000, EXTERNAL), ("203.0.113.9", 80, EXTERNAL)


def tuples(*ends, kind="tcp"):
    """Return tuples of (source, destination), each (address, port, owner's kind)."""
    columns = [f"{end}{what}" for end in ("source", "destination") for what in ("", "_port", "_kind")]
    frame = pl.DataFrame([[*a, *b] for a, b in ends], schema=columns, orient="row")
    return frame.with_columns(kind=pl.lit(kind), tuple=pl.int_range(pl.len(), dtype=pl.Int64))


def keys(*rows):
    """Return strong keys: (tuple, strong, seconds)."""
    schema = {"tuple": pl.Int64, "strong": pl.UInt64, "time": pl.Int64}
    return pl.DataFrame([(a, b, int(c * SECONDS)) for a, b, c in rows], schema=schema, orient="row")


def groups(frame, *rows):
    return join_tuples(frame, keys(*rows)).tolist()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((CLIENT, VIP), (CLIENT, SERVER)),
        ((OUTSIDE, PORT), (OUTSIDE, SERVER)),
        ((OUTSIDE, PORT), (MASQUERADED, SERVER)),
        ((CLIENT, INTERNET), (MASQUERADED, INTERNET)),
        ((SERVER, CLIENT), (VIP, CLIENT)),
    ],
    ids=["cluster IP", "node port", "node port with masquerade", "masquerade", "answer"],
)
@pytest.mark.parametrize("kind", ["tcp", "udp"])
def test_translation_is_joined(before, after, kind):
    assert groups(tuples(before, after, kind=kind), (0, 7, 0), (1, 7, 0.1)) == [0, 0]


def test_the_other_direction_is_joined_with_it():
    frame = tuples((CLIENT, VIP), (CLIENT, SERVER), (SERVER, CLIENT), (VIP, CLIENT))
    assert groups(frame, (0, 7, 0), (1, 7, 0)) == [0, 0, 2, 2]


def test_answers_are_joined_though_their_first_tuple_has_no_question():
    half = ("198.51.100.7", 5001, EXTERNAL)
    frame = tuples((half, PORT), (OUTSIDE, PORT), (OUTSIDE, SERVER), (PORT, OUTSIDE), (SERVER, OUTSIDE))
    joined = groups(frame, (0, 7, 0), (1, 7, 0), (2, 7, 0))
    assert joined == [0, 0, 0, 3, 3]


def test_tuples_without_a_key_in_common_stay_apart():
    assert groups(tuples((CLIENT, VIP), (CLIENT, SERVER)), (0, 7, 0), (1, 8, 0)) == [0, 1]


def test_a_key_seen_much_later_joins_nothing():
    assert groups(tuples((CLIENT, VIP), (CLIENT, SERVER)), (0, 7, 0), (1, 7, 3.5)) == [0, 1]


def test_a_key_that_repeats_joins_if_any_two_are_near():
    assert groups(tuples((CLIENT, VIP), (CLIENT, SERVER)), (0, 7, 0), (0, 7, 60), (1, 7, 60.1)) == [0, 0]


def test_a_key_just_across_the_border_of_a_span_joins():
    assert groups(tuples((CLIENT, VIP), (CLIENT, SERVER)), (0, 7, 2.9), (1, 7, 3.1)) == [0, 0]


def test_a_key_of_a_crowd_joins_nothing():
    many = [((f"10.244.9.{number}", 4000, POD), VIP) for number in range(8)]
    frame = tuples(*many, (many[0][0], SERVER))
    assert groups(frame, *((number, 7, 0) for number in range(9))) == list(range(9))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((CLIENT, PORT), (OTHER, PORT)),
        ((PORT, SERVER), (PORT, OTHER)),
        ((OUTSIDE, PORT), (INTERNET, PORT)),
        ((CLIENT, SERVER), (CLIENT, OTHER)),
    ],
    ids=["two pods report", "a node asks two pods", "two from outside", "a pod asks two pods"],
)
def test_datagrams_with_equal_payloads_are_no_translation(first, second):
    assert groups(tuples(first, second, kind="udp"), (0, 7, 0), (1, 7, 0)) == [0, 1]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((CLIENT, VIP), (VIP, CLIENT)),
        ((CLIENT, VIP), (SERVER, CLIENT)),
        ((CLIENT, INTERNET), (INTERNET, MASQUERADED)),
    ],
    ids=["its own answer", "before translation back", "behind masquerade"],
)
def test_a_datagram_that_is_sent_back_as_it_came_is_no_translation(first, second):
    assert groups(tuples(first, second, kind="udp"), (0, 7, 0), (1, 7, 0)) == [0, 1]


def test_different_protocols_are_not_joined():
    frame = pl.concat([tuples((CLIENT, VIP)), tuples((CLIENT, SERVER), kind="udp")])
    frame = frame.with_columns(tuple=pl.int_range(2, dtype=pl.Int64))
    assert groups(frame, (0, 7, 0), (1, 7, 0)) == [0, 1]


def test_reverse_is_found_by_all_ends():
    frame = tuples((CLIENT, SERVER), (SERVER, CLIENT), (CLIENT, VIP), (SERVER, SERVER))
    assert reverse_of(frame).tolist() == [1, 0, 6, 3]


def test_nothing_is_joined_without_keys():
    assert groups(tuples((CLIENT, VIP), (CLIENT, SERVER))) == [0, 1]


@settings(deadline=None)
@given(st.permutations([(0, 7, 0), (1, 7, 0.1), (2, 8, 0.2), (3, 8, 0.3), (1, 9, 1), (2, 9, 1)]))
def test_groups_do_not_depend_on_the_order_of_keys(rows):
    frame = tuples((OUTSIDE, PORT), (OUTSIDE, SERVER), (MASQUERADED, SERVER), (MASQUERADED, VIP))
    assert groups(frame, *rows) == [0, 0, 0, 0]


def test_a_crowd_that_chance_joined_in_a_chain_is_no_flow():
    frame = tuples(*((("198.51.100.7", 5000 + n, EXTERNAL), SERVER) for n in range(40)))
    chained = [(n + side, n + 1, 0) for n in range(39) for side in (0, 1)]
    assert groups(frame, *chained) == list(range(40))
