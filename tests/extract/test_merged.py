"""Several captures become one, ordered by time."""

import pytest
from captures_build import SECONDS, pcap, record

from pcapcheck.capture.inputs import Input
from pcapcheck.capture.source import open_capture
from pcapcheck.decode.registry import dissector_table
from pcapcheck.extract.chosen import Choice
from pcapcheck.extract.excerpt import Excerpt, ExtractMeans
from pcapcheck.extract.merged import write_merged
from pcapcheck.extract.originals import Places
from pcapcheck.topology.topology import Topology


@pytest.fixture
def merged(tmp_path):
    """Return a function that merges files of one packet each, given as name -> second."""

    def merge(**files):
        inputs = []
        for name, second in files.items():
            path = tmp_path / f"{name}.pcap"
            path.write_bytes(pcap(record(name.encode(), seconds=SECONDS + second)))
            inputs.append(Input(str(path), f"{name}.pcap", named=False))
        means = ExtractMeans(Choice(), dissector_table())
        with (tmp_path / "merged.pcapng").open("wb") as stream:
            count = write_merged(
                [Excerpt(each, means) for each in inputs], Places(inputs, Topology()), stream
            )
        capture = open_capture(str(tmp_path / "merged.pcapng"))
        (block,) = capture.blocks()
        assert count == len(block)
        return capture, block

    return merge


def test_packets_are_in_the_order_of_their_times(merged):
    _, block = merged(node1_cni0=2, node2_cni0=0, node3_cni0=1)
    assert (block.time // 10**9 - SECONDS).tolist() == [0, 1, 2]


def test_each_capture_point_has_its_interface(merged):
    capture, block = merged(node1_cni0=0, node2_cni0=1)
    assert [(each.name, each.description) for each in capture.interfaces] == [
        ("cni0", "k8s.node=node1"),
        ("cni0", "k8s.node=node2"),
    ]
    assert block.interface.tolist() == [0, 1]


def test_captures_of_one_point_share_an_interface(merged):
    capture, _ = merged(**{"node1_cni0": 0, "node1_cni0_20260101_120000": 1})
    assert [each.name for each in capture.interfaces] == ["cni0"]


def test_captures_that_nobody_can_place_are_told_apart(merged):
    capture, _ = merged(a=0, b=1)
    assert [each.description for each in capture.interfaces] == ["capture 1", "capture 2"]
