"""VXLAN between bridges, healthy: the bridges of both nodes are one tenant's link."""

from profiles import DB, WEB, vxlan
from sample import Sample, both_ways

SAMPLE = Sample("vxlan", vxlan, both_ways(WEB, DB))
