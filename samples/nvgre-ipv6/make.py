"""NVGRE with IPv6 alone, healthy: neighbour discovery crosses the tunnel."""

from families import ipv6
from profiles import DB, WEB, nvgre
from sample import Sample, both_ways

SAMPLE = Sample("nvgre", lambda: ipv6(nvgre()), both_ways(WEB, DB))
