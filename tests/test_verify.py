"""A second opinion: what both read the same, what they read differently, and what tshark does not read."""

import shutil
import signal

import pytest
from captures_build import pcap, record
from packets import (
    arp,
    chunk,
    dhcp,
    eth,
    fraghdr,
    icmp,
    ip,
    ipv6,
    neighbour,
    sctp,
    tcp,
    timestamp,
    udp,
    vlan,
    vxlan,
)

from pcapcheck.decode.registry import dissector_table
from pcapcheck.errors import InputError
from pcapcheck.verify import second_opinion

VXLAN = {"udp.port": {8472: "vxlan"}}
FRAME = eth(ip(tcp(b"payload", options=timestamp(5, 6)), ttl=63))
pytestmark = pytest.mark.tshark


def opinion(tmp_path, *packets, ours=VXLAN, theirs=VXLAN, most=100, tail=b""):
    path = tmp_path / "x.pcap"
    path.write_bytes(pcap(*map(record, packets)) + tail)
    return second_opinion(str(path), theirs, dissector_table(ours), most)


@pytest.mark.parametrize(
    "packet",
    [
        FRAME,
        eth(vlan(ip(udp(vxlan(FRAME))), id=7), type=0x8100),
        eth(arp()),
        eth(ipv6(neighbour())),
        eth(ip(icmp(FRAME[14:], type=3, code=4, word=1450))),
        eth(ipv6(fraghdr(udp(bytes(16), dport=53), more=1))),
        eth(ip(bytes(64), proto=17, offset=1480)),
        eth(ip(sctp(chunk(3, bytes(12)) + chunk(0, bytes(16)), tag=7))),
        eth(ip(udp(dhcp(2, op=2, yours="10.0.0.9"), sport=67, dport=68))),
    ],
    ids=("tcp", "vxlan", "arp", "nd", "icmp", "fragment6", "fragment", "sctp", "dhcp"),
)
def test_both_read_the_same(packet, tmp_path):
    found = opinion(tmp_path, packet)
    assert found.disagreements == ()
    assert found.packets == 1
    assert found.values > 10


def test_difference_says_frame_field_and_both_values(tmp_path):
    found = opinion(tmp_path, FRAME, eth(ip(udp(vxlan(FRAME)))), theirs={})
    ttl = next(each for each in found.disagreements if each.field == "ip.ttl")
    assert (ttl.frame, ttl.ours, ttl.theirs) == (2, ("64", "63"), ("64",))
    assert ttl.stack == "eth:ip:udp:vxlan:eth:ip:tcp"


def test_address_that_one_does_not_read_is_a_difference(tmp_path):
    found = opinion(tmp_path, eth(ip(udp(vxlan(FRAME)))), ours={})
    source = next(each for each in found.disagreements if each.field == "ip.src")
    assert (source.ours, source.theirs) == (("10.0.0.1",), ("10.0.0.1", "10.0.0.1"))


def test_only_the_first_packets_are_compared(tmp_path):
    found = opinion(tmp_path, FRAME, FRAME, FRAME, most=2)
    assert (found.packets, found.more) == (2, True)


def test_malformed_packet_is_not_compared(tmp_path):
    found = opinion(tmp_path, eth(ip(udp(b"ab", dport=53))), FRAME)
    assert (found.malformed, found.packets) == ((1,), 1)


def test_file_that_ends_within_a_packet_is_compared_up_to_there(tmp_path):
    assert opinion(tmp_path, FRAME, tail=b"cut").packets == 1


def test_file_that_tshark_cannot_read_is_an_input_error(tmp_path):
    content = bytearray(pcap(record(FRAME)))
    content[20:24] = (0x03FFFFFF).to_bytes(4, "little")  # a link type that it does not know
    (tmp_path / "x.pcap").write_bytes(content)
    with pytest.raises(InputError, match="tshark reads 0 packets of it"):
        second_opinion(str(tmp_path / "x.pcap"), VXLAN, dissector_table(), 10)


def test_without_tshark_it_is_said_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(InputError, match="apt install tshark"):
        opinion(tmp_path, FRAME)


def test_no_handler_of_signals_is_left(tmp_path):
    before = signal.getsignal(signal.SIGCHLD)
    opinion(tmp_path, FRAME)
    assert signal.set_wakeup_fd(-1) == -1
    assert signal.getsignal(signal.SIGCHLD) == before
