"""The key: what is made of it depends on it, and on nothing else."""

from pcapcheck.anonymise.secret import Secret


def test_same_key_makes_the_same():
    assert Secret("k").number(b"mac", b"x") == Secret("k").number(b"mac", b"x")


def test_other_key_makes_another():
    assert Secret("k").stream(b"x", 16) != Secret("l").stream(b"x", 16)


def test_without_a_key_each_run_makes_another():
    assert Secret().stream(b"x", 16) != Secret().stream(b"x", 16)


def test_purposes_are_apart():
    assert Secret("k").number(b"mac", b"x") != Secret("k").number(b"address", b"x")


def test_stream_has_the_length_that_was_asked_for():
    assert len(Secret("k").stream(b"x", 1500)) == 1500


def test_word_is_hexadecimal():
    assert int(Secret("k").word(b"node", "node1"), 16) >= 0


def test_text_need_not_be_utf8():
    assert Secret("k").word(b"node", "\udcff") == Secret("k").word(b"node", "\udcff")
