"""flannel VXLAN with DirectRouting and IPv6 alone, healthy: a router stands before the third node."""

from families import ipv6
from profiles import CACHE, DB, WEB, directrouting
from sample import Sample, both_ways

SAMPLE = Sample(
    "flannel-vxlan-directrouting",
    lambda: ipv6(directrouting()),
    [*both_ways(WEB, DB), *both_ways(WEB, CACHE, 1.2)],
)
