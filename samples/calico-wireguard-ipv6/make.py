"""Calico with WireGuard and IPv6 alone, healthy."""

from families import ipv6
from profiles import DB, WEB, calico
from sample import Sample, both_ways

SAMPLE = Sample("calico-wireguard", lambda: ipv6(calico("wireguard")), both_ways(WEB, DB))
