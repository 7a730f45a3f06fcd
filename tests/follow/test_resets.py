"""Which resets end an open connection, and after what pause."""

from networks import answer, ask, followed

from pcapcheck.follow.resets import resets


def found(*frames):
    return resets(*followed({"pod1": frames}))


def test_a_connection_that_was_never_open_is_not_reset():
    assert found(ask(), answer(flags=0x14)).is_empty()


def test_an_open_connection_is_reset_once():
    frames = [ask(), answer(), ask(flags=0x10, seq=2), answer(flags=0x04), answer(flags=0x04)]
    rows = found(*frames)
    assert rows["client"].to_list() == [False]
    assert rows["pause"].to_list() == [1000]


def test_a_reset_after_a_fin_is_late():
    frames = [ask(), answer(), ask(flags=0x10, seq=2), ask(flags=0x11, seq=2), answer(flags=0x04)]
    assert found(*frames).is_empty()
