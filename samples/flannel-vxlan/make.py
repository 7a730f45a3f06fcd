"""flannel VXLAN, healthy: two pods on two nodes of one subnet talk in both directions; every hop captured."""

from profiles import DB, WEB, flannel
from sample import Sample, both_ways

SAMPLE = Sample("flannel-vxlan", flannel, both_ways(WEB, DB))
