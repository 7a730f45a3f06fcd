"""One outer source port for many flows."""

import struct
from dataclasses import replace

import polars as pl
from scene import causes, facts, scene

from profiles import DB, WEB
from sample import both_ways
from wire import Packet


def from_one_port(frame):
    packet = frame.content
    if not isinstance(packet, Packet) or packet.payload[2:4] != struct.pack(">H", 8472):
        return frame
    sums = b"\0\0"  # none, which IPv4 allows
    payload = struct.pack(">H", 40000) + packet.payload[2:6] + sums + packet.payload[8:]
    return replace(frame, content=replace(packet, payload=payload))


def test_a_node_that_sends_all_flows_from_one_port_is_found(tmp_path):
    case = scene(
        tmp_path,
        [*both_ways(WEB, DB), *both_ways(WEB, DB, 1.3)],
        breaks=lambda _, network: network.rewrite("node1_eth0.pcap", from_one_port),
    )
    assert {fact.about["actual"] for fact in facts(case, "one_outer_port")} == {40000}
    assert causes(case) == ["outer-port-no-entropy"]


def test_hashed_ports_are_many(tmp_path):
    assert facts(scene(tmp_path), "one_outer_port") == []


def test_a_node_without_a_name_is_found_too(tmp_path):
    case = scene(
        tmp_path,
        [*both_ways(WEB, DB), *both_ways(WEB, DB, 1.3)],
        breaks=lambda _, network: network.rewrite("node1_eth0.pcap", from_one_port),
    )
    nameless = pl.lit(None, pl.String)
    network = replace(
        case.network,
        capture_points=tuple(replace(each, node=None) for each in case.network.capture_points),
        points=case.network.points.with_columns(node=nameless),
        directions=case.network.directions.with_columns(source_node=nameless),
    )
    found = facts(replace(case, network=network), "one_outer_port")
    assert {fact.about["node"] for fact in found} == {None}
