"""Flannel host-gw, healthy: pod packets go plainly from node to node."""

from profiles import DB, WEB, host_gw
from sample import Sample, both_ways

SAMPLE = Sample("flannel-host-gw", host_gw, both_ways(WEB, DB))
