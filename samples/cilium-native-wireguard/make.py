"""Cilium with native routing and WireGuard, healthy: nothing of pods can be read between the nodes."""

from datapaths import cilium_wireguard
from profiles import DB, WEB
from sample import Sample, both_ways

SAMPLE = Sample("cilium-native", cilium_wireguard, both_ways(WEB, DB))
