"""Together: the packets of several captures in one block, each with its own bytes, link type and frames."""

import pytest
from captures_build import enhanced, interface, pcap, record, section

from pcapcheck.capture.source import open_capture
from pcapcheck.collect import batch as module
from pcapcheck.collect.batch import join, whole

FIRST = pcap(record(b"one"), record(b"", fraction=5), record(b"three"))
SECOND = (
    section()
    + interface(linktype=1)
    + interface(linktype=113)
    + enhanced(b"four", interface=1)
    + enhanced(b"fifth", interface=0)
)


def opened(folder, content):
    path = folder / f"{len(list(folder.iterdir()))}.pcap"
    path.write_bytes(content)
    return open_capture(str(path))


def test_each_packet_keeps_its_bytes_frame_and_link_type(tmp_path):
    blocks = [whole(opened(tmp_path, content)) for content in (FIRST, pcap(), SECOND)]
    block, first = join(blocks)
    packets = [
        bytes(block.data[offset : offset + size])
        for offset, size in zip(block.offset, block.captured, strict=True)
    ]
    assert packets == [b"one", b"", b"three", b"four", b"fifth"]
    assert block.frame.tolist() == [1, 2, 3, 1, 2]
    assert [block.linktype[number] for number in block.interface] == [1, 1, 1, 113, 1]
    assert (first.tolist(), block.interface.tolist()) == ([0, 1, 1], [0, 0, 0, 2, 1])


def test_of_nothing_there_is_an_empty_block():
    block, first = join([[], []])
    assert (len(block), block.linktype, first.tolist()) == (0, (), [0, 0])


@pytest.mark.parametrize(("name", "most"), [("MAX_BATCHED_SIZE", 7), ("MAX_BATCHED_INTERFACES", 1)])
def test_what_is_too_large_is_kept_apart(tmp_path, monkeypatch, name, most):
    assert whole(opened(tmp_path, SECOND)) is not None
    monkeypatch.setattr(module, name, most)
    assert whole(opened(tmp_path, SECOND)) is None


def test_what_has_no_room_left_is_kept_apart(tmp_path):
    assert whole(opened(tmp_path, FIRST), 50) is not None
    assert whole(opened(tmp_path, FIRST), 30) is None
