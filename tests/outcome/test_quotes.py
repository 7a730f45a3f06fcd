"""ICMP errors and the flows that they quote."""

import pytest
from packets import eth, icmp, icmpv6, ip, ipv6, tcp, udp
from scene import AT_WEB, CNI0_MAC, DB_IP, WEB_IP, WEB_MAC, everywhere, scene

from pcapcheck.outcome.quotes import quotes

SENT = ip(udp(b"x" * 20, sport=41000, dport=99), WEB_IP, DB_IP, id=7)


def told(tmp_path, message, sent=SENT):
    frames = [(3.0, eth(sent, src=WEB_MAC, dst=CNI0_MAC)), (3.1, eth(message, src=CNI0_MAC, dst=WEB_MAC))]
    return quotes(scene(tmp_path, [], put=everywhere(AT_WEB[:1], *frames)).network).row(0, named=True)


@pytest.mark.parametrize(
    ("kind", "code", "says"),
    [
        (3, 3, "port unreachable"),
        (3, 1, "host unreachable"),
        (3, 13, "prohibited"),
        (3, 4, "too big"),
        (11, 0, "time exceeded"),
    ],
)
def test_types_and_codes_have_words(tmp_path, kind, code, says):
    assert told(tmp_path, ip(icmp(SENT, type=kind, code=code), "192.168.186.1", WEB_IP))["says"] == says


def test_an_error_belongs_to_the_flow_that_it_quotes(tmp_path):
    row = told(tmp_path, ip(icmp(SENT, type=3, code=4, word=1300), "192.168.186.1", WEB_IP))
    assert (row["quoted_source"], row["quoted_destination_port"], row["mtu"]) == (WEB_IP, 99, 1300)
    assert row["quoted_flow"] is not None


def test_what_nobody_sent_has_no_flow(tmp_path):
    other = ip(tcp(sport=1, dport=2), WEB_IP, "203.0.113.9")
    assert told(tmp_path, ip(icmp(other, type=3, code=3), "192.168.186.1", WEB_IP))["quoted_flow"] is None


def test_ipv6_has_messages_of_its_own(tmp_path):
    sent = ipv6(udp(b"x" * 20, sport=41000, dport=99), "fd00::1", "fd00::2")
    row = told(tmp_path, ipv6(icmpv6(sent, type=2, word=1280), "fd00::9", "fd00::1"), sent)
    assert (row["says"], row["mtu"], row["quoted_destination"]) == ("too big", 1280, "fd00::2")


def test_a_network_without_errors_quotes_nothing(tmp_path):
    assert quotes(scene(tmp_path).network).is_empty()
