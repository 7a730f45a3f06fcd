"""Frames: values as tshark writes them."""

import polars as pl
from packets import block, eth, icmp, ip, ipv6, tcp

from pcapcheck.decode.fieldtable import frames
from pcapcheck.decode.registry import dissector_table


def frame_of(*packets, names):
    return pl.concat(frames([block(packet) for packet in packets], names, dissector_table()))


def test_addresses_are_text_and_absent_values_null():
    names = ["eth.src", "ip.src", "ipv6.src"]
    frame = frame_of(eth(ip(tcp())), eth(ipv6(tcp(), src="fd00::5")), names=names)
    assert frame.rows() == [
        ("52:54:00:00:00:01", "10.0.0.1", None),
        ("52:54:00:00:00:01", None, "fd00::5"),
    ]


def test_numbers_and_booleans_are_integers():
    frame = frame_of(eth(ip(tcp(flags=0x02), df=1)), names=["tcp.flags.syn", "ip.flags.df", "tcp.flags"])
    assert frame.rows() == [(1, 1, 2)]


def test_times_have_nine_decimals():
    frame = frame_of(eth(ip(tcp())), names=["frame.time_epoch"])
    assert frame.rows() == [("1700000000.000000000",)]


def test_quoted_packets_are_seen():
    frame = frame_of(eth(ip(icmp(ip(tcp(dport=443)), type=3))), names=["tcp.dstport"])
    assert frame.rows() == [(443,)]


def test_a_name_given_twice_is_one_column():
    assert frame_of(eth(ip(tcp())), names=["ip.src", "ip.src"]).columns == ["ip.src"]


def test_no_packets_have_columns_all_the_same():
    assert next(frames([block()], ["ip.src", "ip.len"], dissector_table())).shape == (0, 2)
