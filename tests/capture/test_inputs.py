"""Inputs: what a path names, in which order, and what is left out."""

import pytest
from captures_build import pcap, record
from folders.files import tar_gz, zipped

from pcapcheck.capture.inputs import find_files, find_inputs
from pcapcheck.errors import InputError

CAPTURE = pcap(record(b"x" * 60))


def test_folder_gives_captures_by_content_topologies_and_others(tmp_path):
    (tmp_path / "b.bin").write_bytes(CAPTURE)
    (tmp_path / "a.txt").write_text("text")
    (tmp_path / "topology.yaml").write_text("{}")
    found = find_inputs((str(tmp_path),))
    assert [each.shown for each in found.captures] == [f"{tmp_path}/b.bin"]
    assert found.topology.path == f"{tmp_path}/topology.yaml"
    assert [each.name for each in found.others] == ["a.txt"]


def test_archive_that_was_named_is_like_a_folder(tmp_path):
    path = tmp_path / "x.tar.gz"
    path.write_bytes(tar_gz({"n/a.pcap": CAPTURE, "n/ip-addr": "1: lo"}))
    found = find_inputs((str(path),))
    assert [each.shown for each in found.captures] == [f"{path}/n/a.pcap"]
    assert [each.name for each in found.others] == ["x.tar.gz/n/ip-addr"]


def test_archives_lie_in_archives(tmp_path):
    (tmp_path / "x.zip").write_bytes(zipped({"in.tar.gz": tar_gz({"a.pcap": CAPTURE})}))
    found = find_inputs((str(tmp_path),))
    assert [each.shown for each in found.captures] == [f"{tmp_path}/x.zip/in.tar.gz/a.pcap"]


def test_file_that_was_named_twice_is_one_capture(tmp_path):
    path = tmp_path / "a.pcap"
    path.write_bytes(CAPTURE)
    assert len(find_inputs((str(path), str(tmp_path), f"{tmp_path}/*.pcap")).captures) == 1


def test_damaged_archive_is_a_note(tmp_path):
    whole = tar_gz({"a.pcap": CAPTURE, "b.txt": "".join(map(str, range(200_000)))})
    (tmp_path / "x.tar.gz").write_bytes(whole[: len(whole) // 2])
    found = find_inputs((str(tmp_path),))
    assert len(found.captures) == 1
    assert found.notes[0].startswith(f"{tmp_path}/x.tar.gz: the archive is damaged")


def test_folder_without_captures_is_an_input_error(tmp_path):
    (tmp_path / "a.txt").write_text("text")
    with pytest.raises(InputError, match="no capture was found"):
        find_inputs((str(tmp_path),))
    assert [each.name for each in find_files(str(tmp_path)).others] == ["a.txt"]


def test_two_topologies_cannot_both_be_meant(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "topology.yaml").write_text("{}")
        (tmp_path / name / "x.pcap").write_bytes(CAPTURE)
    with pytest.raises(InputError, match="only one can be used"):
        _ = find_inputs((str(tmp_path),)).topology


@pytest.mark.parametrize(
    ("name", "is_entry"),
    [
        ("x.pcap", True),
        ("x.pcapng.gz", True),
        ("x.pcap0", True),
        ("x.cap", True),
        ("x.pcap.log", False),
        ("x.txt", False),
    ],
)
def test_what_is_called_a_capture_and_is_none_is_an_entry(tmp_path, name, is_entry):
    (tmp_path / "good.pcap").write_bytes(pcap())
    (tmp_path / name).write_bytes(b"no capture")
    found = find_inputs((str(tmp_path),))
    assert (name in [each.path.rpartition("/")[2] for each in found.captures]) == is_entry


def test_files_come_in_the_order_in_which_tcpdump_counts(tmp_path):
    names = ["eth0.pcap", "eth0.pcap1", "eth0.pcap2", "eth0.pcap10"]
    for name in names:
        (tmp_path / name).write_bytes(CAPTURE)
    for path in (str(tmp_path), f"{tmp_path}/*"):
        assert [each.shown for each in find_inputs((path,)).captures] == [
            f"{tmp_path}/{name}" for name in names
        ]
