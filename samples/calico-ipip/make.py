"""Calico IPIP, healthy: two pods on two nodes of one subnet talk in both directions; every hop captured."""

from profiles import DB, WEB, calico
from sample import Sample, both_ways

SAMPLE = Sample("calico-ipip", calico, both_ways(WEB, DB))
