"""GRE with a key between two routed bridges with IPv6 alone, healthy."""

from families import ipv6
from profiles import DB, WEB, gre
from sample import Sample, both_ways

SAMPLE = Sample("gre", lambda: ipv6(gre()), both_ways(WEB, DB))
