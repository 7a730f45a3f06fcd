"""Cilium VXLAN, healthy: the VNI is the identity of the sender, so it differs by direction."""

from datapaths import cilium
from profiles import DB, WEB
from sample import Sample, both_ways

SAMPLE = Sample("cilium-vxlan", cilium, both_ways(WEB, DB))
