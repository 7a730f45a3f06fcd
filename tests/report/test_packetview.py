import re
from dataclasses import replace

from report import results

from pcapcheck.check.finding import Frame
from pcapcheck.report.packetview import packet_view

PACKET = results.packet("7", Frame("a.pcap", 1200))


def test_layers_have_place_and_fields():
    text = packet_view(PACKET)
    assert "a.pcap frame 1,200" in text
    assert re.search(r'<span class="tint1">ip</span> at 14, 20 bytes', text)
    assert '<code>eth.src</code> 7<span class="facts"> @6</span>' in text


def test_what_breaks_a_rule_stands_expected_beside_actual():
    text = packet_view(PACKET)
    assert "<td><code>ip.ttl</code></td><td>64</td><td>7</td>" in text
    assert '<li class="wrong"><code>ip.ttl</code>' in text
    assert "<table" not in packet_view(replace(PACKET, expected={}, actual={}))


def test_bytes_have_the_colour_of_their_layer():
    text = packet_view(PACKET)
    assert (
        '0000  <span class="tint0">00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d</span> <span class="tint1">'
        in text
    )
    assert "and 20 more bytes" in text


def test_packet_without_bytes_is_shown():
    assert "<pre></pre>" in packet_view(replace(PACKET, data=b"", layers=(), length=0))
