"""Reading: however the windows fall, the packets are the same."""

import pytest
from captures_build import (
    Dribble,
    block,
    enhanced,
    interface,
    option,
    packets,
    patient,
    pcap,
    record,
    section,
    simple,
    window,
)
from hypothesis import given
from hypothesis import strategies as st

from pcapcheck.capture.reading import Reading, learn_interfaces, steps
from pcapcheck.capture.recognise import recognise
from pcapcheck.capture.window import Range
from pcapcheck.errors import InputError

WHOLE = Range(0, 1 << 62)
PCAP = pcap(record(b"abc", fraction=1), record(b"de"), record(), record(b"fghi", original=99))
COMMENT = option(1, b"here")
PCAPNG = (
    section()
    + interface()
    + enhanced(b"abc")
    + enhanced(b"de", COMMENT)
    + section()
    + interface(linktype=113)
)
PCAPNG += simple(b"fghi") + enhanced(b"j", COMMENT)


def reading(data, size=1 << 20, bounds=WHOLE):
    return Reading(Dribble(data, size), recognise(data[:512], "x"), bounds)


def read(data, size=1 << 20):
    """Return packets and summary of a whole capture."""
    one = reading(data, size)
    return packets(one.blocks(65536)), one.summary


@pytest.mark.parametrize("size", [1, 2, 3, 17, 64])
@pytest.mark.parametrize("data", [PCAP, PCAPNG], ids=["pcap", "pcapng"])
def test_size_of_windows_does_not_matter(data, size):
    assert read(data, size) == read(data)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_size_of_blocks_does_not_matter(count):
    blocks = list(reading(PCAP).blocks(count))
    assert max(map(len, blocks)) == count
    assert packets(blocks) == read(PCAP)[0]


def test_frames_count_from_one():
    assert [each.frame.tolist() for each in reading(PCAP).blocks(3)] == [[1, 2, 3], [4]]


def test_summary_counts_what_was_taken():
    one = reading(PCAP)
    next(one.blocks(3))
    assert one.summary.packets == 3


def test_clock_is_judged():
    assert read(PCAP)[1].clock == "us"


def test_complete_file_is_not_truncated():
    assert not read(PCAP)[1].truncated


@pytest.mark.parametrize("cut", [1, 4, 19])
def test_last_record_that_is_cut_off_is_said_and_not_counted(cut):
    summary = read(PCAP[:-cut])[1]
    assert (summary.packets, summary.truncated, summary.notes) == (3, True, ())


def test_file_of_a_header_alone_has_no_packets_and_nothing_is_wrong():
    summary = read(pcap())[1]
    assert (summary.packets, summary.truncated, summary.notes, summary.clock) == (0, False, (), "none")


def test_impossible_length_is_a_note_and_no_truncation():
    summary = read(PCAP + record(captured=0xFFFFFFFF) + record())[1]
    assert (summary.packets, summary.truncated, len(summary.notes)) == (4, False, 1)


def test_comments_are_kept_by_frame_number():
    one = reading(PCAPNG)
    assert len(packets(one.blocks(1))) == 4
    assert one.comments == {2: ("here",), 4: ("here",)}


def test_windows_are_closed_at_the_end():
    one = reading(PCAP)
    list(one.blocks(1))
    assert one.windows.closed


def test_windows_are_closed_when_nobody_wants_more():
    one = reading(PCAP)
    blocks = one.blocks(1)
    next(blocks)
    blocks.close()
    assert one.windows.closed


def test_range_of_a_pcap_is_read_by_itself():
    part = reading(PCAP, bounds=Range(24 + 19, 24 + 19 + 18 + 16))
    assert [packet for packet, *_ in packets(part.blocks(9))] == [b"de", b""]


def test_range_of_a_pcapng_knows_the_interfaces_before_it():
    data = section() + interface(linktype=113) + enhanced(b"abc") + enhanced(b"de")
    part = reading(data, bounds=Range(len(data) - 36, len(data)))
    assert [(packet, linktype) for packet, _, _, linktype in packets(part.blocks(9))] == [(b"de", 113)]


def test_interfaces_before_the_first_packet_are_learned():
    reader = recognise(PCAPNG, "x")
    learn_interfaces(window(PCAPNG), reader)
    assert len(reader.interfaces) == 1


def test_steps_end_where_nothing_more_can_be_read():
    reader = recognise(PCAP, "x")
    found = [step.used for _, step in steps(Dribble(PCAP[:-1], 30), Range(24, 1 << 62), reader.read)]
    assert found[-1] == 0
    assert sum(found) == 19 + 18 + 16


def valid_or_refused(data):
    """Check that the bytes give packets that lie within them, or a message."""
    try:
        reader = recognise(data[:512], "x")
    except InputError:
        return
    for each in Reading(Dribble(data, 50), reader, WHOLE).blocks(7):
        assert 0 < len(each) <= 7
        assert (each.offset >= 0).all()
        assert (each.captured >= 0).all()
        assert (each.offset + each.captured <= len(each.data)).all()
        assert (each.interface < len(each.linktype)).all()


HEADS = [pcap(), pcap(order=">"), PCAP, section() + interface(), section(order=">"), PCAPNG, b""]


@patient
@given(st.sampled_from(HEADS), st.lists(st.binary(max_size=80), max_size=5).map(b"".join))
def test_any_bytes_give_packets_or_a_message(head, rest):
    valid_or_refused(head + rest)


@patient
@given(
    st.sampled_from([PCAP, PCAPNG]),
    st.lists(st.tuples(st.integers(0, 400), st.binary(min_size=1, max_size=4))),
)
def test_any_damage_gives_packets_or_a_message(data, damages):
    damaged = bytearray(data)
    for place, junk in damages:
        damaged[place % len(data) : place % len(data) + len(junk)] = junk
    valid_or_refused(bytes(damaged))


@patient
@given(st.lists(st.sampled_from([section(), section(order=">"), interface(), enhanced(b"a"), simple(b"b")])))
def test_blocks_in_any_order_give_packets_or_a_message(blocks):
    valid_or_refused(b"".join(blocks))


@pytest.mark.parametrize("size", [1 << 20, 64])
def test_frames_are_numbered_as_wireshark_numbers_them(size):
    custom, journal, names = block(0xBAD, b"abcd"), block(9, b"abcd"), block(4, b"abcd")
    comment = option(1, b"last")
    data = (
        section() + interface() + custom + enhanced(b"a") + names + journal + custom + enhanced(b"b", comment)
    )
    one = reading(data + custom, size)
    assert [frame for each in one.blocks(3) for frame in each.frame.tolist()] == [2, 5]
    assert (one.summary.packets, one.summary.frames) == (2, 6)
    assert one.comments == {5: ("last",)}
