"""Flannel UDP (legacy), healthy: flanneld carries packets, and lowers the TTL at both ends."""

from profiles import DB, WEB, flannel
from sample import Sample, both_ways

SAMPLE = Sample("flannel-udp", lambda: flannel("udp"), both_ways(WEB, DB))
