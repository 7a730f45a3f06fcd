"""Failures that are a matter of the cluster: those within it, and those with the outside that are many."""

import polars as pl
from directed import network

from pcapcheck.correlate.conversationschemas import OUTCOMES_SCHEMA
from pcapcheck.diagnose.failures import failures


def rows(*told):
    """Each: outside, server, failed."""
    whole = dict.fromkeys(OUTCOMES_SCHEMA.names)
    made = [
        whole
        | {
            "flow": number,
            "outside": outside,
            "server": server,
            "failed": failed,
            "outcome": "unanswered" if failed else "answered",
        }
        for number, (outside, server, failed) in enumerate(told)
    ]
    return network(outcomes=OUTCOMES_SCHEMA.of(pl.DataFrame(made, schema=OUTCOMES_SCHEMA.dtypes)))


def test_one_failure_within_the_cluster_counts():
    assert failures(rows((None, "a", True), (None, "a", False)))["counts"].to_list() == [True]


def test_two_failures_with_the_outside_count_for_nothing():
    found = failures(rows(("x", "a", True), ("x", "b", True)))
    assert found["counts"].to_list() == [False, False]
    assert found["hopeless"].to_list() == [True, True]


def test_most_of_three_with_one_address_count():
    found = failures(rows(("x", "a", True), ("x", "b", True), ("x", "c", False)))
    assert found["counts"].to_list() == [True, True]
    assert not found["hopeless"].any()


def test_half_of_four_do_not_count():
    told = [("x", "a", True), ("x", "b", True), ("x", "c", False), ("x", "d", False)]
    assert not failures(rows(*told))["counts"].any()


def test_many_clients_of_one_server_count():
    told = [(f"client {number}", "a", True) for number in range(3)]
    assert failures(rows(*told))["counts"].all()
