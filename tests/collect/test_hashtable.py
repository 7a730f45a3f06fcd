"""Table: numbers of distinct rows, as a dict would give them, and kept from call to call."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pcapcheck.collect.hashtable import KNOWN, Table, mix

WORDS = st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), max_size=40)


def rows(lists, width=3):
    return np.array(lists, np.uint64).reshape(len(lists), width)


def colliding(multipliers):
    """Return two rows of two words with the same hash: the second word makes up for the first."""
    first = rows([[5], [6]], 1)[:, 0]
    spread = (first ^ first >> np.uint64(29)) * multipliers[1]
    return np.stack([first, spread], axis=1)


@settings(deadline=None)
@given(st.lists(WORDS, max_size=4))
def test_table_numbers_rows_as_a_dict_does(batches):
    table, known = Table(3), {}
    for batch in batches:
        numbers, first = table.number(rows(batch))
        new = [
            position
            for position, row in enumerate(batch)
            if tuple(row) not in known and row not in batch[:position]
        ]
        assert numbers.tolist() == [known.setdefault(tuple(row), len(known)) for row in batch]
        assert first.tolist() == new
    assert [tuple(row) for row in table.rows.tolist()] == list(known)


def test_table_grows_and_still_finds_what_it_had():
    table = Table(1)
    many = rows([[number * 7919] for number in range(50_000)], 1)
    table.number(many)
    numbers, first = table.number(many[::-1])
    assert numbers.tolist() == list(range(50_000))[::-1]
    assert not len(first)
    assert table.count == 50_000


def test_rows_of_no_words_are_all_the_same():
    numbers, first = Table(0).number(rows([[], [], []], 0))
    assert (numbers.tolist(), first.tolist()) == ([0, 0, 0], [0])


def test_rows_with_the_same_hash_are_kept_apart():
    crafted = colliding(KNOWN)
    table = Table(2, KNOWN)
    assert len(set(mix(crafted).tolist())) == 1
    numbers, first = table.number(crafted[[0, 1, 1, 0]])
    assert (numbers.tolist(), first.tolist()) == ([0, 1, 1, 0], [0, 1])


def test_a_collided_row_is_found_again_after_the_table_has_grown():
    crafted = colliding(KNOWN)
    table = Table(2, KNOWN)
    table.number(crafted)
    table.number(rows([[number, 9] for number in range(5000)], 2))
    assert table.number(crafted)[0].tolist() == [0, 1]


def test_rows_that_collide_for_a_known_hash_do_not_for_the_table():
    crafted = colliding(KNOWN)
    table = Table(2)
    assert len(set(mix(crafted, table._multipliers).tolist())) == 2


def test_a_hash_is_never_zero():
    assert mix(rows([[0, 0, 0]])).tolist() == [1]


@settings(deadline=None)
@given(WORDS)
def test_equal_rows_have_equal_hashes(lists):
    words = rows(lists)
    assert (mix(words) == mix(words.copy())).all()
