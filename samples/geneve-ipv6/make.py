"""Geneve between two bridges with IPv6 alone, healthy: the outer UDP has a checksum."""

from families import ipv6
from profiles import DB, WEB, geneve
from sample import Sample, both_ways

SAMPLE = Sample("geneve", lambda: ipv6(geneve()), both_ways(WEB, DB))
