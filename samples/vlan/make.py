"""A VLAN for pod traffic between the nodes, healthy: tagged at eth0, not at eth0.301."""

from profiles import DB, WEB, vlan
from sample import Sample, both_ways

SAMPLE = Sample("vlan", vlan, both_ways(WEB, DB))
