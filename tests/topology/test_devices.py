import re

import pytest

from pcapcheck.decode.tunnels import TUNNELS
from pcapcheck.topology.devices import DEVICE_KINDS, FALLBACKS, GENERIC_NAMES
from pcapcheck.topology.roles import role_of


def test_devices_of_every_tunnel_have_a_role():
    devices = {device for each in TUNNELS for device in (*each.devices, *each.devices_ipv6)}
    assert {DEVICE_KINDS[each].role for each in devices} == {"vtep", "tunnel"}


@pytest.mark.parametrize(
    ("kind", "role"),
    [("vxlan", "vtep"), ("ip6gretap", "vtep"), ("sit", "tunnel"), ("bond", "uplink"), ("veth", None)],
)
def test_kind_tells_the_role_on_a_node(kind, role):
    assert DEVICE_KINDS[kind].role == role


def test_only_ipvlan_has_the_mac_of_its_parent():
    assert {each.kind for each in DEVICE_KINDS.values() if each.shares_mac} == {"ipvlan", "ipvtap"}


def test_what_the_kernel_makes_unasked_is_a_tunnel_by_its_name():
    named = FALLBACKS - {"erspan0", "ip_vti0", "ip6_vti0"}
    assert {role_of(each) for each in named} == {"vtep", "tunnel"}


@pytest.mark.parametrize("entry", GENERIC_NAMES, ids=lambda entry: entry.pattern)
def test_name_has_a_right_expression_and_kind(entry):
    assert re.compile(entry.pattern)
    assert entry.kind in {"", *DEVICE_KINDS}
