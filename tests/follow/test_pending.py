"""What had no answer at the end; how outcomes use it is tested in tests/outcome."""

from networks import POD1, POD2, answer, ask, followed
from packets import eth, icmp, ip

from pcapcheck.follow.pending import pending


def found(*frames):
    return pending(*followed({"pod1": frames})).rows(named=True)


def data(seq, **more):
    return ask(flags=0x18, seq=seq, payload=b"x" * 100, **more)


def test_acknowledged_data_is_not_pending():
    assert found(ask(), answer(), data(2), answer(flags=0x10, ack=102)) == []


def test_data_beyond_the_last_acknowledgement_is_pending():
    frames = [ask(), answer(ack=2), data(2), answer(flags=0x10, ack=102), data(102), data(202)]
    (row,) = found(*frames)
    assert (row["items"], row["client"]) == (2, True)


def test_sequence_numbers_wrap_around():
    late = 2**32 - 50
    frames = [ask(seq=late - 1), answer(ack=late), data(late), answer(flags=0x10, ack=50)]
    assert found(*frames) == []


def echo(type_, number):
    ends = (POD1, POD2) if type_ == 8 else (POD2, POD1)
    return eth(ip(icmp(b"ping" * 4, type=type_, word=7 << 16 | number), *ends, id=number + 1))


def test_echoes_after_the_last_reply_are_pending():
    frames = [echo(8, 0), echo(0, 0), echo(8, 1), echo(8, 2)]
    (row,) = found(*frames)
    assert row["items"] == 2


def test_an_echo_that_was_lost_in_between_is_not():
    assert found(echo(8, 0), echo(8, 1), echo(0, 1)) == []
