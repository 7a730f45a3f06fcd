"""Addresses that nobody has."""

from networks import network
from packets import arp, eth

from pcapcheck.outcome.unresolved import unresolved


def asked(op, source, target):
    return eth(arp(op, source, target))


def test_three_questions_without_an_answer(monkeypatch):
    monkeypatch.setattr("pcapcheck.outcome.unresolved.LASTING", 1_000)
    frames = [asked(1, "10.0.0.1", "10.0.0.9")] * 3
    (row,) = unresolved(network({"pod1": frames})).rows(named=True)
    assert (row["asker"], row["target"], row["tries"]) == ("10.0.0.1", "10.0.0.9", 3)


def test_an_answer_anywhere_is_enough(monkeypatch):
    monkeypatch.setattr("pcapcheck.outcome.unresolved.LASTING", 1_000)
    frames = [asked(1, "10.0.0.1", "10.0.0.9")] * 3
    seen = {"pod1": frames, "pod2": [asked(2, "10.0.0.9", "10.0.0.1")]}
    assert unresolved(network(seen)).is_empty()


def test_questions_in_quick_succession_are_one():
    assert unresolved(network({"pod1": [asked(1, "10.0.0.1", "10.0.0.9")] * 3})).is_empty()
