"""Shapes: they give the columns that the wavefront gives, packet by packet."""

import itertools

import numpy as np
import pytest
import shared
from hypothesis import given, settings
from hypothesis import strategies as st
from mixtures import SEEDS
from mixtures import packets as mixed_packets
from packets import block, eth, icmp, ip, tcp, udp, vxlan

from pcapcheck.capture.source import open_capture
from pcapcheck.decode.columns import column
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table, fields
from pcapcheck.decode.shapes import Shapes
from pcapcheck.errors import InputError

LINUX = dissector_table({"udp.port": {8472: "vxlan"}})
BY_CONTENT = dissector_table({"udp.port": {8472: "vxlan"}}, by_content=True)
FRAME = eth(ip(tcp(dport=5432)))
NAMES = [*sorted(fields()), "frame.number", "frame.len", "frame.cap_len", "frame.time_epoch"]
FILES = sorted(file for file in shared.CAPTURES.parent.rglob("*.pcap*") if file.is_file())
WAYS = ("{}", "inner.{}", "{}#2", "quoted.{}")


def same_columns(shapes, packets, names):
    """Split packets, and compare each column of each shape with the wavefront's; return the rest's number."""
    layers = find_layers(packets, shapes.table)
    found, rest = shapes.split(packets)
    seen = np.concatenate([rest, *(rows.row for rows in found)])
    assert sorted(seen.tolist()) == list(range(len(packets)))
    for rows in found:
        assert {layers.stacks[number] for number in layers.stack[rows.row]} == {rows.shape.stack}
        for name in names:
            whole, part = column(layers, name), rows.column(name)
            assert (part.present == whole.present[rows.row]).all(), (name, rows.shape.stack)
            assert (part.values == whole.values[rows.row]).all(), (name, rows.shape.stack)
            assert part.values.dtype == whole.values.dtype, name
    return len(rest)


def every_way(names):
    return [
        way.format(name) for name in names for way in WAYS if way == "{}" or not name.startswith("frame.")
    ]


def test_every_field_of_every_kind_of_packet_is_the_same():
    packets = block(*SEEDS * 4)
    shapes = Shapes(BY_CONTENT, least=1)
    names = [*NAMES, *every_way(NAMES[::5])]
    assert same_columns(shapes, packets, names) < len(packets)


@pytest.mark.parametrize("table", [LINUX, BY_CONTENT], ids=["ports", "content"])
@given(learnt=mixed_packets(), others=mixed_packets(40), data=st.data())
@settings(max_examples=40, deadline=None)
def test_shapes_and_wavefront_agree(table, learnt, others, data):
    shapes = Shapes(table, least=1)
    shapes.split(block(*learnt * 3))
    names = data.draw(st.lists(st.sampled_from(every_way(NAMES)), min_size=4, max_size=4))
    same_columns(shapes, block(*others, *learnt), [*names, "inner.ip.src", "tcp.len", "udp.dstport"])


def test_one_shape_fits_a_pure_file():
    shapes = Shapes(LINUX, least=1)
    packets = [eth(ip(udp(vxlan(FRAME), sport=port), id=port)) for port in range(40000, 40100)]
    found, rest = shapes.split(block(*packets))
    assert len(rest) == 0
    assert [rows.shape.stack for rows in found] == ["eth:ip:udp:vxlan:eth:ip:tcp"]


@pytest.mark.parametrize(
    "odd",
    [
        eth(ip(udp(vxlan(FRAME), sport=6081))),
        eth(ip(udp(vxlan(FRAME), dport=53))),
        eth(ip(udp(vxlan(FRAME)), len_=60)),
        eth(ip(udp(vxlan(FRAME), length=20))),
        eth(ip(udp(vxlan(FRAME)), offset=8)),
        eth(ip(udp(vxlan(FRAME)), options=bytes(4))),
        eth(ip(udp(vxlan(FRAME))))[:100],
        eth(ip(udp(vxlan(eth(ip(tcp(), len_=30)))))),
    ],
    ids=["other port", "no tunnel", "IP length", "UDP length", "fragment", "options", "cut", "inner length"],
)
def test_a_packet_that_differs_in_what_matters_does_not_fit(odd):
    shapes = Shapes(LINUX, least=1)
    shapes.split(block(*[eth(ip(udp(vxlan(FRAME))))] * 4))
    shapes.least = 1000
    _, rest = shapes.split(block(odd))
    assert rest.tolist() == [0]


def test_a_total_length_within_the_options_does_not_fit_the_shape_of_bare_ip():
    shapes = Shapes(LINUX, least=1)
    shapes.split(block(*[eth(ip(b"x" * 40, options=bytes(8)))] * 4))
    assert len(shapes.shapes) == 1
    same_columns(shapes, block(*[eth(ip(b"x" * 40, options=bytes(8), len_=22))] * 2), ["ip.ttl"])


def test_little_is_not_worth_a_lesson():
    _, rest = Shapes(LINUX).split(block(*[FRAME] * 100))
    assert len(rest) == 100


def test_lessons_are_bounded():
    shapes = Shapes(LINUX, least=1)
    error = eth(ip(icmp(FRAME[14:], type=3)))
    for _ in range(40):
        shapes.split(block(error))
    assert shapes.shapes == []


def test_an_empty_block_has_no_rows():
    found, rest = Shapes(LINUX).split(block())
    assert found == []
    assert rest.tolist() == []


def test_another_link_type_does_not_fit():
    shapes = Shapes(LINUX, least=1)
    shapes.split(block(*[FRAME] * 4))
    shapes.least = 1000
    _, rest = shapes.split(block(*[FRAME] * 4, linktype=113))
    assert len(rest) == 4


def test_the_most_frequent_shape_is_tried_first():
    shapes = Shapes(LINUX, least=1)
    shapes.split(block(*[FRAME] * 4, eth(ip(udp(dport=53)))))
    shapes.split(block(*[eth(ip(udp(dport=53)))] * 10))
    assert shapes.shapes[0].stack == "eth:ip:udp"


def test_rows_at_the_end_of_the_data_are_filled_with_zeros():
    shapes = Shapes(LINUX, least=1)
    found, _ = shapes.split(block(*[FRAME] * 4, gap=b""))
    assert found[0].bytes[-1, len(FRAME) :].tolist() == [0] * (160 - len(FRAME))


@pytest.mark.slow
@pytest.mark.parametrize("capture", FILES, ids=lambda file: file.name)
def test_shapes_and_wavefront_agree_on_real_and_hostile_files(capture):
    shapes = Shapes(BY_CONTENT, least=1)
    try:
        blocks = list(itertools.islice(open_capture(str(capture)).blocks(packets=2000), 3))
    except InputError as error:
        pytest.skip(f"no capture: {error}")
    for packets in blocks:
        same_columns(shapes, packets, every_way(NAMES[::7]))
