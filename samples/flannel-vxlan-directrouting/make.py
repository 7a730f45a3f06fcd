"""Flannel VXLAN with DirectRouting, healthy: plain in one subnet, VXLAN to a node behind a router."""

from profiles import CACHE, DB, WEB, directrouting
from sample import Sample, both_ways

SAMPLE = Sample(
    "flannel-vxlan-directrouting", directrouting, [*both_ways(WEB, DB), *both_ways(WEB, CACHE, 1.2)]
)
