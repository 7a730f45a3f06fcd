"""Options: addresses in them are replaced or gone, what TCP needs stays."""

from packets import address, block, eth, extension, geneve, icmpv6, ip, ipv6, mac, number, tcp, timestamp, udp

from pcapcheck.anonymise.pseudonyms import Pseudonyms
from pcapcheck.anonymise.rewriting import anonymised
from pcapcheck.decode.registry import dissector_table

TABLE = dissector_table()
MADE = Pseudonyms("k")
HOST = "203.0.113.7"


def rewritten(packet):
    (made,) = anonymised(block(packet), TABLE, MADE)
    start = int(made.offset[0])
    return made.data[start : start + len(packet)].tobytes()


def test_options_that_tcp_needs_stay():
    options = b"\x02\x04\x05\xb4\x03\x03\x07\x04\x02" + timestamp(5, 6)
    packet = eth(ip(tcp(options=options)))
    assert rewritten(packet)[54:] == packet[54:]


def test_other_options_of_tcp_are_blank():
    packet = eth(ip(tcp(options=b"\xfe\x08\x00\x50" + address(HOST) + timestamp(5, 6))))
    assert rewritten(packet)[54:] == b"\xfe\x08" + bytes(6) + packet[62:]


def test_recorded_route_is_blank():
    route = b"\x07\x07\x08" + address(HOST) + b"\0"
    assert rewritten(eth(ip(udp(dport=53), options=route)))[34:42] == b"\x07\x07" + bytes(6)


def test_options_of_geneve_are_blank_but_for_their_kind():
    options = b"\x01\x02\x80\x01" + address(HOST)
    frame = eth(ip(udp(dport=53)))
    made = rewritten(eth(ip(udp(geneve(frame, options=options), dport=6081))))
    assert made[50:58] == b"\x01\x02\x80\x01" + bytes(4)


def test_addresses_of_a_routing_header_are_replaced():
    routing = extension(udp(dport=53), kind=43, units=2)
    packet = bytearray(eth(ipv6(routing)))
    packet[62:78] = address("fd00::77")
    assert rewritten(bytes(packet))[62:78] == MADE.number("ipv6", number("fd00::77")).to_bytes(16, "big")


def advertisement(option):
    return eth(ipv6(icmpv6(bytes(8) + option, type=134)))


def test_prefix_of_a_router_advertisement_is_replaced():
    option = b"\x03\x04\x40\xc0" + bytes(12) + address("fd00:10:244::")
    made = rewritten(advertisement(option))[70:]
    assert made[:16] == option[:16]
    assert made[16:] == MADE.number("ipv6", number("fd00:10:244::")).to_bytes(16, "big")


def test_link_layer_address_of_a_router_advertisement_is_replaced():
    option = b"\x01\x01" + mac("52:54:00:00:00:01")
    made = rewritten(advertisement(option))[70:]
    assert made == b"\x01\x01" + MADE.number("mac", number("52:54:00:00:00:01")).to_bytes(6, "big")


def test_name_servers_are_replaced():
    option = b"\x19\x03" + bytes(6) + address("fd00::53")
    made = rewritten(advertisement(option))[70:]
    assert made[8:] == MADE.number("ipv6", number("fd00::53")).to_bytes(16, "big")


def test_search_list_is_blank():
    option = b"\x1f\x02" + bytes(4) + b"\4shop\0\0\0\0\0"
    assert rewritten(advertisement(option))[70:] == b"\x1f\x02" + bytes(14)


def test_redirect_names_the_pseudonyms_of_both_addresses():
    body = address("fe80::1") + address("fd00::9")
    made = rewritten(eth(ipv6(icmpv6(body, type=137))))[62:]
    expected = [MADE.number("ipv6", number(text)).to_bytes(16, "big") for text in ("fe80::1", "fd00::9")]
    assert made == b"".join(expected)
