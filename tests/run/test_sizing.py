"""Sizing: what is one point, how many workers captures are worth, and whether scratch has room."""

import pytest
from captures_build import pcap, record
from packets import eth, ip, tcp

from pcapcheck.capture.inputs import Input, find_inputs
from pcapcheck.collect import sizing
from pcapcheck.collect.sizing import check_room, size_of
from pcapcheck.errors import InputError
from pcapcheck.run import opening
from pcapcheck.run.opening import is_one_large_point, suitable_jobs
from pcapcheck.scale.memory import Budget
from pcapcheck.scale.resources import Resources

FRAME = record(eth(ip(tcp())))


@pytest.mark.parametrize(
    ("names", "one"),
    [
        (["node1_eth0.pcap", "node1_eth0.pcap1", "node1_eth0.pcap2"], True),
        (["node1_eth0.pcap00", "node1_eth0.pcap01"], True),
        (["node1_eth0-20260131_100000.pcap", "node1_eth0-20260131_110000.pcap"], True),
        (["node1_eth0.pcap", "node2_eth0.pcap"], False),
        (["node1/eth0.pcap", "node2/eth0.pcap"], False),
    ],
)
def test_rotated_files_are_one_point(tmp_path, monkeypatch, names, one):
    monkeypatch.setattr("pcapcheck.run.opening.LARGE", 1)
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(pcap(FRAME))
    assert is_one_large_point(find_inputs((str(tmp_path),)).captures) is one


def test_all_interfaces_of_a_node_are_several_points(tmp_path, monkeypatch):
    monkeypatch.setattr("pcapcheck.run.opening.LARGE", 1)
    (tmp_path / "node1_any.pcap").write_bytes(pcap(FRAME, linktype=276))
    assert not is_one_large_point(find_inputs((str(tmp_path),)).captures)


def test_small_captures_are_no_large_point(tmp_path):
    (tmp_path / "a.pcap").write_bytes(pcap(FRAME))
    assert not is_one_large_point(find_inputs((str(tmp_path),)).captures)


def test_small_captures_are_read_by_one_process(tmp_path, monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    (tmp_path / "a.pcap").write_bytes(pcap(FRAME))
    inputs = find_inputs((str(tmp_path),)).captures
    assert suitable_jobs(inputs) == 1
    monkeypatch.setattr(opening, "WORTH_WORKERS", 1)
    assert suitable_jobs(inputs, following=False) == 8


def test_what_cannot_be_reached_has_no_size():
    assert size_of(Input("http://127.0.0.1:9/a.pcap", "a", named=True)) == 0
    assert size_of(Input("none.pcap", "none.pcap", named=True)) == 0


def test_standard_input_has_no_size_though_a_file_is_called_like_it(tmp_path, monkeypatch):
    (tmp_path / "-").write_bytes(pcap(FRAME))
    monkeypatch.chdir(tmp_path)
    assert size_of(Input("-", "-", named=True)) == 0


def test_a_disk_without_room_is_found_before_the_work(tmp_path, monkeypatch):
    monkeypatch.setattr(sizing, "SPILLED", 1 << 50)
    (tmp_path / "a.pcap").write_bytes(pcap(FRAME * 100))
    inputs = find_inputs((str(tmp_path),)).captures
    using = Resources(budget=Budget(memory=8 * 80), scratch=str(tmp_path))
    with pytest.raises(InputError, match="are needed there"):
        check_room(inputs, using)
