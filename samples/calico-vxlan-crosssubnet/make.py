"""Calico VXLAN CrossSubnet, healthy: plain in one subnet, VXLAN to a node behind a router."""

from profiles import CACHE, DB, WEB, vxlan_crosssubnet
from sample import Sample, both_ways

SAMPLE = Sample(
    "calico-vxlan-crosssubnet", vxlan_crosssubnet, [*both_ways(WEB, DB), *both_ways(WEB, CACHE, 1.2)]
)
