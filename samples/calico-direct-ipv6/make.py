"""Calico with direct routing and IPv6 alone, healthy: routers know the pods, in one subnet and across."""

from families import ipv6
from profiles import CACHE, DB, WEB, calico
from sample import Sample, both_ways

SAMPLE = Sample(
    "calico-direct",
    lambda: ipv6(calico("direct", 3, third_subnet=True)),
    [*both_ways(WEB, DB), *both_ways(WEB, CACHE, 1.2)],
)
