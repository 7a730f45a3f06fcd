"""Cilium VXLAN, healthy: the VNI is the identity of the sender, so it differs by direction."""

from profiles import DB, WEB, cilium
from sample import Sample, both_ways

SAMPLE = Sample("cilium-vxlan", cilium, both_ways(WEB, DB))
