"""Calico with WireGuard, healthy: pod traffic is encrypted between the nodes."""

from profiles import DB, WEB, calico
from sample import Sample, both_ways

SAMPLE = Sample("calico-wireguard", lambda: calico("wireguard"), both_ways(WEB, DB))
