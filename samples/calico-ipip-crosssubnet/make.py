"""Calico IPIP CrossSubnet, healthy: plain in one subnet, IPIP to a node behind a router."""

from profiles import CACHE, DB, WEB, crosssubnet
from sample import Sample, both_ways

SAMPLE = Sample("calico-ipip-crosssubnet", crosssubnet, [*both_ways(WEB, DB), *both_ways(WEB, CACHE, 1.2)])
