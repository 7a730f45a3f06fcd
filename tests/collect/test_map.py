"""The map stage: where a file is cut, and how often, changes nothing of what is found in it."""

import polars as pl
import pytest
from captures_build import pcap, record
from packets import eth, gre, ip, tcp, udp, vxlan

from pcapcheck.capture.inputs import find_inputs
from pcapcheck.collect.map import read_all
from pcapcheck.collect.plan import ReadPlan
from pcapcheck.scale import scratch
from pcapcheck.scale.executor import Executor, ProcessPool
from pcapcheck.scale.resources import Resources


def frames():
    """Return packets of a few flows, of stacks that a wavefront finds first and shapes later."""
    for number in range(600):
        inner = ip(tcp(bytes(number % 7), sport=1000 + number % 5, seq=number), id=number)
        yield eth(inner if number % 3 else ip(udp(vxlan(eth(inner)))))
        if number % 50 == 0:
            yield eth(ip(gre(inner, key=number)))


def sightings(captured):
    return pl.concat([each.load() for each in captured.sightings])


@pytest.mark.parametrize("keep", [None, 2])
def test_cuts_change_nothing(tmp_path, keep, monkeypatch):
    path = tmp_path / "x.pcap"
    path.write_bytes(pcap(*(record(frame, fraction=n) for n, frame in enumerate(frames()))))
    inputs = find_inputs((str(path),)).captures
    (whole,) = read_all(inputs, ReadPlan(keep=keep), Resources(Executor()))
    monkeypatch.setattr("pcapcheck.collect.map.MIN_TASK_SIZE", 1)
    with ProcessPool(2) as pool:
        (parts,) = read_all(inputs, ReadPlan(keep=keep), Resources(pool))
    assert parts.variants.equals(whole.variants)
    assert sightings(parts).equals(sightings(whole))
    assert scratch.load(parts.keys).equals(scratch.load(whole.keys))


def test_a_cut_within_a_packet_changes_nothing(tmp_path, monkeypatch):
    inner = b"".join(record(eth(ip(tcp(b"x" * 40))), fraction=row) for row in range(1500))
    outer = record(eth(ip(tcp(b"y" * 40))) + inner)  # a capture that was copied within a packet
    path = tmp_path / "x.pcap"
    path.write_bytes(
        pcap(record(eth(ip(tcp()))), outer, *(record(eth(ip(tcp())), fraction=1) for _ in range(9)))
    )
    inputs = find_inputs((str(path),)).captures
    (whole,) = read_all(inputs, ReadPlan(), Resources(Executor()))
    monkeypatch.setattr("pcapcheck.collect.map.MIN_TASK_SIZE", 1)
    with ProcessPool(2) as pool:
        (parts,) = read_all(inputs, ReadPlan(), Resources(pool))
    assert parts.packets == whole.packets == 11
    assert parts.variants.equals(whole.variants)
