"""A task: small captures that are read together show what each shows alone."""

import gzip
import random

import pytest
import shared
from alike import told
from captures_build import enhanced, interface, pcap, pcap_header, record, section
from networks import ask, carried
from packets import eth, ip, ipv6, sll, tcp, udp

from pcapcheck.collect import batch
from pcapcheck.collect.plan import ReadPlan
from pcapcheck.collect.task import Task, map_range, map_tasks

TINY = 2 << 20


def flow(count, port=80):
    """Return records of one flow, with a packet of another stack now and then."""
    for number in range(count):
        packet = ask(seq=number, dport=port) if number % 7 else carried(ask(seq=number, dport=port))
        yield record(packet, fraction=number)


CAPTURES = {
    "many.pcap": pcap(*flow(2500)),
    "the same again.pcap": pcap(*flow(2500)),
    "empty.pcap": pcap_header(),
    "other link.pcap": pcap(record(sll(ip(tcp()))), record(sll(ip(udp(b"x")))), linktype=113),
    "two interfaces.pcapng": section()
    + interface()
    + enhanced(ask())
    + interface(linktype=101)
    + enhanced(ip(tcp()), interface=1)
    + enhanced(ask(), interface=0),
    "unknown interface.pcapng": section() + interface() + enhanced(ask(), interface=7) + enhanced(ask()),
    "no capture.pcap": b"no capture at all, and long enough to be sure",
    "cut off.pcap": pcap(*flow(20))[:-9],
    "broken.pcap": pcap(record(ask()), record(ask(), captured=1 << 30)),
    "small.pcap.gz": gzip.compress(pcap(*flow(30, port=443))),
    "one.pcap": pcap(record(eth(ipv6(tcp())))),
}


def tasks(paths, scratch=None, **look):
    rows = 10**9 if scratch is None else 0
    return [
        Task(str(path), str(path), None, ReadPlan(**look), scratch, f"map-{number}", rows)
        for number, path in enumerate(paths)
    ]


@pytest.mark.parametrize("look", [{}, {"keep": 2}, {"since": 1_700_000_000_000_100_000}])
def test_captures_that_are_read_together_show_what_each_shows_alone(tmp_path, look):
    for name, content in CAPTURES.items():
        (tmp_path / name).write_bytes(content)
    several = tasks([tmp_path / name for name in CAPTURES], **look)
    for task, found in zip(several, map_tasks(several), strict=True):
        assert told(found) == told(map_range(task)), task.path


def test_what_is_much_together_is_one_file(tmp_path):
    (tmp_path / "scratch").mkdir()
    for name, content in CAPTURES.items():
        (tmp_path / name).write_bytes(content)
    paths = [tmp_path / name for name in CAPTURES]
    found = map_tasks(tasks(paths, str(tmp_path / "scratch")))
    kept = sorted(file.name for file in (tmp_path / "scratch").iterdir())
    assert kept == ["map-0-sightings.arrow"]  # of the rest there is little
    for task, each in zip(tasks(paths), found, strict=True):
        assert told(each) == told(map_range(task)), task.path


def test_a_capture_with_too_many_interfaces_or_bytes_is_read_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(batch, "MAX_BATCHED_INTERFACES", 1)
    monkeypatch.setattr(batch, "MAX_BATCHED_SIZE", 3000)
    for name, content in CAPTURES.items():
        (tmp_path / name).write_bytes(content)
    several = tasks([tmp_path / name for name in CAPTURES])
    for task, found in zip(several, map_tasks(several), strict=True):
        assert told(found) == told(map_range(task)), task.path


def test_a_capture_that_is_gone_is_said_and_the_others_are_read(tmp_path):
    (tmp_path / "a.pcap").write_bytes(pcap(*flow(3)))
    here, gone = map_tasks(tasks([tmp_path / "a.pcap", tmp_path / "b.pcap"]))
    assert (here.packets, here.error) == (3, None)
    assert "there is no such file" in str(gone.error)


@pytest.mark.slow
@pytest.mark.skipif(not shared.public(), reason=shared.REASON.replace("captures", "public"))
@pytest.mark.parametrize("seed", [1, 2])
def test_captures_of_other_projects_show_together_what_each_shows_alone(seed):
    paths = [path for path in sorted(shared.public()) if 0 < path.stat().st_size <= TINY]
    random.Random(seed).shuffle(paths)
    for begin in range(0, len(paths), batch.MAX_BATCH):
        several = tasks(paths[begin : begin + batch.MAX_BATCH])
        for task, found in zip(several, map_tasks(several), strict=True):
            assert told(found) == told(map_range(task)), task.path
