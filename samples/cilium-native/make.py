"""Cilium with native routing, healthy: no encapsulation at all."""

from datapaths import cilium
from profiles import DB, WEB
from sample import Sample, both_ways

SAMPLE = Sample("cilium-native", lambda: cilium("native"), both_ways(WEB, DB))
