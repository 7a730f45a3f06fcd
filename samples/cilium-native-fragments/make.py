"""Cilium with native routing, healthy: large answers come in fragments, which all arrive."""

from datapaths import cilium
from profiles import DB, WEB
from sample import Sample, both_ways, dns

SAMPLE = Sample(
    "cilium-native",
    lambda: cilium("native"),
    [
        *both_ways(WEB, DB),
        dns(WEB, DB, 1.5, filling=1800),
        dns(WEB, DB, 2.5, filling=3200),
        dns(WEB, DB, 3.5),
    ],
)
