"""Fields are written into packets where their names say, and checksums stay right."""

import numpy as np
import pytest
from dpkt.dpkt import in_cksum
from packets import arp, block, eth, ip, ipv6, tcp, udp, vxlan

from pcapcheck.check.rewrite import rewrite
from pcapcheck.decode.columns import column
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table

LINUX = dissector_table({"udp.port": {8472: "vxlan"}})
INNER = eth(ip(tcp(b"data", sport=41000, dport=80), src="10.244.0.5", dst="10.244.1.6", ttl=63, proto=6))
TUNNEL = eth(ip(udp(vxlan(INNER)), src="192.168.10.11", dst="192.168.10.12", ttl=64))


def written(packet, values, rows=(0,)):
    """Return what is in the block after the change."""
    before = block(packet, packet)
    return find_layers(rewrite(before, find_layers(before, LINUX), values, rows), LINUX)


def value(layers, name):
    return column(layers, name).tolist()[0]


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("ip.ttl", 7),
        ("inner.ip.ttl", 7),
        ("ip.dst#2", 1),
        ("vxlan.vni", 77),
        ("eth.src", 5),
        ("inner.eth.dst", 6),
        ("udp.dstport", 8472),
        ("inner.tcp.srcport", 1024),
        ("ip.flags.mf", 1),
        ("ip.hdr_len", 20),
    ],
)
def test_field_has_the_new_value(name, number):
    assert value(written(TUNNEL, {name: number}), name) == number


def test_other_occurrences_stay():
    layers = written(TUNNEL, {"inner.ip.ttl": 7})
    assert [value(layers, "ip.ttl"), value(layers, "inner.ip.ttl")] == [64, 7]


def test_other_rows_and_the_original_stay():
    before = block(TUNNEL, TUNNEL)
    after = rewrite(before, find_layers(before, LINUX), {"ip.ttl": 7}, [1])
    assert column(find_layers(after, LINUX), "ip.ttl").tolist() == [64, 7]
    assert column(find_layers(before, LINUX), "ip.ttl").tolist() == [64, 64]


def test_packet_without_the_field_stays():
    before = block(eth(arp()))
    after = rewrite(before, find_layers(before, LINUX), {"ip.ttl": 7}, [0])
    assert np.array_equal(before.data, after.data)


def test_ipv6_address_is_written():
    layers = written(eth(ipv6(udp(b"x"), src="fd00::1", dst="fd00::2")), {"ipv6.dst": (0xFD << 120) + 9})
    assert value(layers, "ipv6.dst") == (0xFD << 120) + 9


def sum_of(layers, at, protocol=0):
    """Return the ones' complement sum of the segment behind the IP header at `at`, with pseudo-header.

    A mended checksum leaves it as it was, right or wrong.
    """
    packet = bytes(layers.block.data[layers.block.offset[0] :][: layers.block.captured[0]])
    segment = packet[at + 20 :]
    pseudo = packet[at + 12 : at + 20] + bytes([0, protocol]) + len(segment).to_bytes(2, "big")
    return in_cksum(pseudo + segment) % 0xFFFF


@pytest.mark.parametrize("values", [{"ip.ttl": 7}, {"ip.src": 0x0A00020F}, {"ip.flags.mf": 1}], ids=str)
def test_ip_checksum_stays_right(values):
    layers = written(TUNNEL, values)
    packet = bytes(layers.block.data[layers.block.offset[0] :][: layers.block.captured[0]])
    assert in_cksum(packet[14:34]) == 0


@pytest.mark.parametrize(
    "values",
    [{"tcp.srcport": 1024}, {"ip.src": 0x0A00020F}, {"ip.src": 7, "ip.dst": 9, "tcp.dstport": 1}],
    ids=str,
)
def test_tcp_checksum_follows_ports_and_addresses(values):
    assert sum_of(written(INNER, values), 14, 6) == sum_of(written(INNER, {}), 14, 6)


@pytest.mark.parametrize("values", [{"inner.ip.ttl": 7}, {"inner.tcp.srcport": 7}, {"vxlan.vni": 9}], ids=str)
def test_outer_udp_checksum_follows_what_changes_inside(values):
    packet = eth(ip(udp(vxlan(INNER), checksum=0x1234)))
    assert sum_of(written(packet, values), 14, 17) == sum_of(written(packet, {}), 14, 17)


def test_unused_udp_checksum_stays_unused():
    assert value(written(TUNNEL, {"inner.ip.ttl": 7}), "udp.checksum") == 0


def test_field_at_an_odd_byte_keeps_the_checksum_right():
    layers = written(TUNNEL, {"ip.proto": 17, "ip.dsfield": 4})
    packet = bytes(layers.block.data[layers.block.offset[0] :][: layers.block.captured[0]])
    assert in_cksum(packet[14:34]) == 0
