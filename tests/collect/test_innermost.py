"""The innermost headers, by the stack."""

import pytest

from pcapcheck.decode.stack import innermost


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        ("eth:ip:tcp", ("tcp", 4)),
        ("eth:ipv6:udp", ("udp", 6)),
        ("eth:ip:udp:vxlan:eth:ip:tcp", ("tcp", 4)),
        ("eth:ip:udp:vxlan:eth:ipv6:tcp", ("tcp", 6)),
        ("eth:ip:ipv6:icmpv6", ("icmpv6", 6)),
        ("eth:ipv6:ip:icmp", ("icmp", 4)),
        ("eth:arp", ("arp", 0)),
        ("eth:ip:udp:vxlan:eth:arp", ("arp", 0)),
        ("eth:ip:udp:wg", ("udp", 4)),
        ("eth:ip:esp", ("", 4)),
        ("eth:vlan", ("", 0)),
        ("", ("", 0)),
    ],
)
def test_the_last_ip_header_carries_the_packet(stack, expected):
    assert innermost(stack) == expected
