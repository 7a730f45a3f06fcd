"""Stacks: forms and patterns."""

import pytest

from pcapcheck.decode.stack import form, matches


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        ("", "plain"),
        ("eth:arp", "plain"),
        ("eth:vlan:ip:tcp", "plain"),
        ("eth:mpls:ip:tcp", "plain"),
        ("eth:ip:udp:vxlan:eth:ip:tcp", "vxlan"),
        ("eth:ip:udp:geneve:eth:ip:tcp", "geneve"),
        ("sll:ip:ip:tcp", "ipip"),
        ("eth:ip:ipv6:tcp", "ipip"),
        ("eth:ipv6:ip:udp:vxlan:eth:ip", "ipip"),
        ("eth:ip:gre:ip:tcp", "gre"),
        ("eth:ip:gre", "gre"),
        ("eth:ip:gre:eth:ip:tcp", "nvgre"),
        ("eth:ip:gre:erspan:eth:ip", "erspan"),
        ("eth:ip:udp:wg", "wireguard"),
        ("eth:ip:udp:flannel-udp:ip:tcp", "flannel-udp"),
        ("eth:ip:udp:ip:tcp", "fou"),
        ("eth:ip:udp:gue:ip:tcp", "gue"),
        ("eth:ip:esp", "esp"),
        ("eth:ip:udp:udpencap:esp", "esp"),
    ],
)
def test_the_form_is_the_outermost_tunnel(stack, expected):
    assert form(stack) == expected


@pytest.mark.parametrize(
    ("pattern", "stack"),
    [
        ("eth:ip:tcp", "eth:ip:tcp"),
        ("link:ip:tcp", "eth:ip:tcp"),
        ("link:ip:tcp", "eth:vlan:vlan:ip:tcp"),
        ("link:ip:tcp", "sll2:ip:tcp"),
        ("link:{ip,ipv6}:udp:vxlan:eth:*", "raw:ipv6:udp:vxlan:eth:ip:tcp"),
        ("link:{ip,ipv6}:udp:vxlan:eth:*", "eth:ip:udp:vxlan:eth"),
        ("*:tcp", "eth:ip:tcp"),
        ("*", "eth"),
        ("link:*:flannel-udp:*", "eth:ip:udp:flannel-udp:ip"),
    ],
)
def test_patterns_that_fit(pattern, stack):
    assert matches(pattern, stack)


@pytest.mark.parametrize(
    ("pattern", "stack"),
    [
        ("eth:ip:tcp", "eth:vlan:ip:tcp"),
        ("eth:ip", "eth:ip:tcp"),
        ("link:ip:*", "eth:ipv6:tcp"),
        ("link:{ip,ipv6}:tcp", "eth:ip:udp"),
        ("eth:i.", "eth:ip"),
        ("link", "ip"),
        ("*:sll", "eth:sll2"),
    ],
)
def test_patterns_that_do_not_fit(pattern, stack):
    assert not matches(pattern, stack)
