"""Flannel WireGuard, healthy: a handshake, then nothing that can be read between the nodes."""

from profiles import DB, WEB, flannel
from sample import Sample, both_ways

SAMPLE = Sample("flannel-wireguard", lambda: flannel("wireguard"), both_ways(WEB, DB))
