"""DHCP: whose lease it is about, and what the message says."""

import pytest
from packets import block, dhcp, eth, ip, number, udp

from pcapcheck.decode.columns import column
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table

CLIENT = "02:00:00:00:00:05"
NAMES = ("dhcp.type", "dhcp.id", "dhcp.ip.your", "dhcp.hw.mac_addr", "dhcp.option.dhcp")


def values(packet, *names):
    layers = find_layers(block(packet), dissector_table())
    columns = [column(layers, name) for name in names]
    return [int(each.values[0]) if each.present[0] else None for each in columns]


def sent(message, sport=67, dport=68):
    return eth(ip(udp(message, sport=sport, dport=dport)))


def test_fields():
    offer = dhcp(2, op=2, xid=7, client=CLIENT, yours="10.0.0.9")
    assert values(sent(offer), *NAMES) == [2, 7, number("10.0.0.9"), number(CLIENT), 2]


@pytest.mark.parametrize(
    ("before", "found"),
    [(b"", 3), (b"\x00\x00", 3), (b"\x36\x04\x0a\x00\x00\x01", 3), (b"\xff", None)],
    ids=["first", "behind padding", "behind the server's identifier", "behind the end"],
)
def test_message_type_may_stand_behind_other_options(before, found):
    assert values(sent(dhcp(3, before=before)), "dhcp.option.dhcp") == [found]


def test_bootp_without_a_cookie_has_no_message_type():
    packet = sent(dhcp(1)[:236] + bytes(64))
    assert values(packet, "dhcp.type", "dhcp.option.dhcp") == [1, None]


def test_what_was_captured_of_a_message_is_read():
    assert values(sent(dhcp(1, client=CLIENT)[:40]), "dhcp.hw.mac_addr", "dhcp.option.dhcp") == [
        number(CLIENT),
        None,
    ]


def test_neither_request_nor_reply_is_no_dhcp():
    layers = find_layers(block(sent(dhcp(1, op=9))), dissector_table())
    assert layers.stacks[layers.stack[0]] == "eth:ip:udp"
