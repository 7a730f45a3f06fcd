"""pcapng: sections, interfaces, packets, and blocks that are wrong."""

import pytest
from captures_build import block, enhanced, interface, obsolete, option, section, simple, statistics, window

from pcapcheck.capture.pcapng import Pcapng, is_pcapng
from pcapcheck.errors import InputError

both_orders = pytest.mark.parametrize("order", "<>")
HEAD = section() + interface()


def read_all(data):
    """Return the reader and the batches of a whole capture, section by section."""
    reader, batches, at = Pcapng(data[:512], "x.pcapng"), [], 0
    while at < len(data):
        batches.append(reader.read(window(data[at:], at)))
        at += batches[-1].used
        if batches[-1].used == 0 or batches[-1].end:
            break
    return reader, batches


def captured(data):
    _, batches = read_all(data)
    return [length for batch in batches for length in batch.captured.tolist()]


def end(data):
    _, batches = read_all(data)
    return batches[-1].end


@both_orders
def test_packets_of_all_kinds_are_read(order):
    blocks = [enhanced(b"a", order=order), simple(b"bb", order=order), obsolete(b"ccc", order=order)]
    assert captured(section(order=order) + interface(order=order) + b"".join(blocks)) == [1, 2, 3]


def test_packet_bytes_are_where_the_offset_says():
    data = HEAD + enhanced(b"abc")
    _, batches = read_all(data)
    start = len(section()) + int(batches[-1].offset[0])
    assert data[start : start + 3] == b"abc"


def test_time_follows_the_interface():
    nanoseconds = interface(option(9, b"\x09"))
    data = section() + interface() + nanoseconds + enhanced(ticks=5) + enhanced(ticks=5, interface=1)
    _, batches = read_all(data)
    assert batches[-1].time.tolist() == [5000, 5]


def test_sections_may_differ_in_byte_order():
    big = section(order=">") + interface(order=">") + enhanced(b"bb", order=">")
    assert captured(HEAD + enhanced(b"a") + big + HEAD + enhanced(b"ccc")) == [1, 2, 3]


def test_interfaces_of_later_sections_follow_those_of_earlier_ones():
    other = section() + interface(linktype=113) + enhanced()
    reader, batches = read_all(HEAD + interface() + enhanced(interface=1) + other)
    assert [batch.interface.tolist() for batch in batches if batch.packets] == [[1], [2]]
    assert reader.linktypes == (1, 1, 113)


def test_blocks_of_other_types_are_skipped():
    name_resolution, secrets, custom = block(4, b"abcd"), block(10, b"abcd"), block(0xBAD, b"abcd")
    assert captured(HEAD + name_resolution + enhanced(b"a") + secrets + custom + enhanced(b"bb")) == [1, 2]


def test_statistics_tell_the_drops():
    reader, _ = read_all(HEAD + enhanced() + statistics(option(5, b"\x07" + bytes(7))))
    assert reader.interfaces[0].dropped == 7


def test_comments_of_sections_are_kept():
    reader, _ = read_all(section(option(1, b"made by hand")) + interface())
    assert reader.comments == ["made by hand"]


def test_comments_of_packets_are_kept_by_row():
    _, batches = read_all(HEAD + enhanced(b"a") + enhanced(b"bb", option(1, b"dropped here")))
    assert batches[-1].comments == {1: ("dropped here",)}


def test_comments_are_found_behind_padding_of_any_length():
    packets = [enhanced(b"x" * size, option(1, b"seen")) for size in range(5)]
    _, batches = read_all(HEAD + b"".join(packets))
    assert batches[-1].comments == dict.fromkeys(range(5), ("seen",))


def test_length_that_is_no_multiple_of_four_is_rounded_up():
    odd = block(6, enhanced(b"abcde")[8:-4], total=40 - 3)
    assert captured(HEAD + odd + enhanced(b"a")) == [5, 1]


def test_block_that_is_cut_off_is_left():
    data = HEAD + enhanced(b"a")
    reader, batches = read_all(data + enhanced(b"bb")[:-1])
    assert reader.interfaces
    assert [batch.used for batch in batches] == [len(section()), len(data) - len(section()), 0]


def test_section_that_is_cut_off_is_left():
    assert captured(HEAD + enhanced(b"a") + section()[:20]) == [1]


@pytest.mark.parametrize(
    "wrong",
    [
        enhanced(b"bb", trailer=99),
        enhanced(b"bb", total=8),
        enhanced(b"bb", total=17 << 20),
        enhanced(b"bb", captured=5),
        enhanced(b"bb", captured=0xFFFFFFFF),
        enhanced(b"bb", interface=1),
        enhanced(bytes(262145)),
        block(6, bytes(16)),
        block(1, b"abcd"),
        block(5, b"abcd"),
        block(3, b""),
        simple(b"bb", original=100),
        obsolete(b"bb", interface=1),
        section(total=27),
        section(version=(2, 0)),
        section(order="<")[:8] + b"junk" + section()[12:],
    ],
    ids=[
        "lengths-differ",
        "too-short",
        "too-long",
        "packet-longer-than-block",
        "packet-much-longer-than-block",
        "unknown-interface",
        "packet-longer-than-possible",
        "short-enhanced",
        "short-interface",
        "short-statistics",
        "short-simple",
        "simple-longer-than-block",
        "unknown-interface-of-obsolete",
        "short-section",
        "unknown-version",
        "no-byte-order",
    ],
)
def test_broken_block_ends_the_file_and_is_said(wrong):
    data = HEAD + enhanced(b"a") + wrong + enhanced(b"ccc")
    assert captured(data) == [1]
    assert f"at byte {len(HEAD) + 36} " in end(data)


def test_simple_packet_without_an_interface_is_broken():
    assert captured(section() + simple(b"a")) == []


def test_simple_packet_is_cut_at_the_snapshot_length():
    assert captured(section() + interface(snaplen=3) + simple(b"abc", original=100)) == [3]


def test_interface_must_be_described_before_its_packets():
    assert captured(section() + enhanced(b"a") + interface()) == []


def test_large_snapshot_length_allows_large_packets():
    assert captured(section() + interface(snaplen=300_000) + enhanced(bytes(300_000))) == [300_000]


@pytest.mark.parametrize(
    ("data", "splittable"),
    [
        (HEAD + interface() + enhanced() + enhanced(interface=1), True),
        (HEAD + enhanced() + statistics(), True),
        (HEAD + enhanced() + interface() + enhanced(), False),
        (HEAD + enhanced() + HEAD + enhanced(), False),
    ],
    ids=["interfaces-first", "statistics-last", "late-interface", "two-sections"],
)
def test_file_is_splittable_if_all_interfaces_come_first(data, splittable):
    reader, _ = read_all(data)
    assert reader.splittable is splittable


def test_scan_finds_the_packets_that_read_finds():
    data = enhanced(b"a") + statistics() + simple(b"bb") + enhanced(b"c", interface=7)
    reader = Pcapng(HEAD, "x.pcapng")
    at = reader.scan(window(HEAD)).used
    at += reader.scan(window(HEAD[at:])).used
    scan = reader.scan(window(data, at))
    assert scan.starts.tolist() == [0, len(enhanced(b"a") + statistics())]
    assert scan.end


def test_header_that_is_cut_off_is_the_users_mistake():
    with pytest.raises(InputError, match="ends after 20 bytes"):
        Pcapng(section()[:20], "x.pcapng")


def test_other_versions_are_the_users_mistake():
    with pytest.raises(InputError, match=r"version 1\.1"):
        Pcapng(section(version=(1, 1)), "x.pcapng")


@both_orders
def test_pcapng_is_told_by_type_and_byte_order(order):
    assert is_pcapng(section(order=order))


@pytest.mark.parametrize("head", [b"", b"\n\r\r\n", b"\n\r\r\n12345678", b"\xd4\xc3\xb2\xa1"])
def test_other_files_are_no_pcapng(head):
    assert not is_pcapng(head)
