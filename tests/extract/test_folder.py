"""Captures are written anew, each to a file of its own."""

import pytest
from captures_build import block as build_block
from captures_build import enhanced, interface, option, pcap, record, section, statistics

from pcapcheck.anonymise.pseudonyms import Pseudonyms
from pcapcheck.capture.inputs import Input
from pcapcheck.capture.source import open_capture
from pcapcheck.decode.registry import dissector_table
from pcapcheck.errors import InputError
from pcapcheck.extract.chosen import Choice
from pcapcheck.extract.excerpt import ExtractMeans
from pcapcheck.extract.folder import write_folder
from pcapcheck.extract.originals import Places
from pcapcheck.topology.topology import Topology

MADE = Pseudonyms("k")


def write(tmp_path, **files):
    """Write these files anonymised; return what was written, by their new names, and the complaints."""
    inputs = []
    for name, content in files.items():
        (tmp_path / f"{name}.pcap").write_bytes(content)
        inputs.append(Input(str(tmp_path / f"{name}.pcap"), f"{name}.pcap", named=False))
    complaints = []
    means = ExtractMeans(Choice(), dissector_table(), MADE)
    places = Places(inputs, Topology(), MADE)
    written = write_folder(inputs, means, places, tmp_path / "out", complaints.append)
    return written, complaints


def read(tmp_path, written):
    capture = open_capture(str(tmp_path / "out" / written.name))
    return capture, list(capture.blocks())


def test_each_capture_has_a_file_of_its_own(tmp_path):
    content = pcap(record(b"packet"), record(b"another"))
    written, _ = write(tmp_path, node1_cni0=content, node2_cni0=content)
    assert [each.packets for each in written] == [2, 2]
    assert len({each.name for each in written}) == 2
    assert all((tmp_path / "out" / each.name).exists() for each in written)


def test_captures_of_one_point_get_different_names(tmp_path):
    content = pcap(record(b"packet"))
    written, _ = write(tmp_path, **{"node1_cni0": content, "node1_cni0_20260101_120000": content})
    assert [each.name.endswith("_cni0-2.pcapng") for each in written] == [False, True]


def test_names_of_hosts_in_a_pcapng_are_left_out(tmp_path):
    names = build_block(4, b"\1\0\x09\0\x0a\0\0\1shop\0" + bytes(7))
    content = (
        section() + interface(option(2, b"eth0")) + names + enhanced(b"packet", option(1, b"of the shop"))
    )
    (written,), _ = write(tmp_path, node1=content)
    assert b"shop" not in (tmp_path / "out" / written.name).read_bytes()


def test_drops_are_still_told(tmp_path):
    counted = statistics(option(7, (5).to_bytes(8, "little")))
    content = section() + interface(option(2, b"eth0")) + enhanced(b"packet") + counted
    (written,), _ = write(tmp_path, node1=content)
    capture, _ = read(tmp_path, written)
    assert [each.dropped for each in capture.interfaces] == [5]


def test_capture_without_packets_keeps_its_interfaces(tmp_path):
    (written,), _ = write(tmp_path, node1_cni0=pcap())
    capture, blocks = read(tmp_path, written)
    assert [each.name for each in capture.interfaces] == ["cni0"]
    assert blocks == []


def test_file_that_is_no_capture_is_told_and_left_out(tmp_path):
    written, complaints = write(tmp_path, node1_cni0=b"no capture at all", node2_cni0=pcap(record(b"packet")))
    assert len(written) == 1
    assert "node1_cni0.pcap" in complaints[0]


def test_capture_that_was_cut_off_is_told(tmp_path):
    _, complaints = write(tmp_path, node1_cni0=pcap(record(b"packet")) + b"cut")
    assert complaints == ["node1_cni0.pcap: it ends within a packet"]


def test_folder_that_cannot_be_made_is_an_input_error(tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(InputError, match="can't be made"):
        write(tmp_path, node1_cni0=pcap())
