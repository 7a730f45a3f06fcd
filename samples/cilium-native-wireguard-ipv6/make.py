"""Cilium with native routing and WireGuard, IPv6 alone, healthy."""

from datapaths import cilium_wireguard
from families import ipv6
from profiles import DB, WEB
from sample import Sample, both_ways

SAMPLE = Sample("cilium-native", lambda: ipv6(cilium_wireguard()), both_ways(WEB, DB))
