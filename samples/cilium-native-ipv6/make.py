"""Cilium with native routing and IPv6 alone, healthy."""

from datapaths import cilium
from families import ipv6
from profiles import DB, WEB
from sample import Sample, both_ways

SAMPLE = Sample("cilium-native", lambda: ipv6(cilium("native")), both_ways(WEB, DB))
