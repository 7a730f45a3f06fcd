"""Rows: columns of one shape that no comparison with the wavefront shows."""

import pytest
from packets import block, eth, ip, ipv6, number, tcp, timestamp, udp, vxlan

from pcapcheck.decode.registry import dissector_table
from pcapcheck.decode.shapes import Shapes
from pcapcheck.errors import InputError

LINUX = dissector_table({"udp.port": {8472: "vxlan"}})


def rows_of(*packets):
    found, _ = Shapes(LINUX, least=1).split(block(*packets, first=5))
    return found[0]


def test_columns_are_strided_out_of_the_bytes():
    rows = rows_of(*(eth(ip(tcp(dport=port), src=f"10.0.0.{port}")) for port in (1, 2, 3)))
    assert rows.column("tcp.dstport").tolist() == [1, 2, 3]
    assert rows.column("ip.src").tolist() == [number(f"10.0.0.{last}") for last in (1, 2, 3)]
    assert rows.column("eth.src").tolist() == [number("52:54:00:00:00:01")] * 3
    assert rows.column("frame.number").tolist() == [5, 6, 7]


def test_options_are_found_packet_by_packet():
    rows = rows_of(eth(ip(tcp(options=timestamp(9)))), eth(ip(tcp())), eth(ip(tcp(b"x"))))
    assert rows.column("tcp.options.timestamp.tsval").tolist() == [9, None, None]
    assert rows.column("tcp.len").tolist() == [0, 0, 1]


def test_options_that_may_leave_the_row_are_read_from_the_file():
    inner = eth(ipv6(tcp(options=b"\x01" * 24 + timestamp(9))))
    rows = rows_of(*[eth(ipv6(udp(vxlan(inner))))] * 2)
    assert rows.shape.headers[-1].offset == 124
    assert rows.column("tcp.options.timestamp.tsval").tolist() == [9, 9]


def test_an_unknown_name_is_answered_with_advice():
    with pytest.raises(InputError, match=r"did you mean `ip\.src`"):
        rows_of(*[eth(ip(tcp()))] * 2).column("ip.scr")
