"""MACVLAN in bridge mode over a VLAN, healthy: tagged at eth0, not at eth0.301, the pods' parent."""

from nodenetwork import macvlan, over_vlan
from profiles import CACHE, DB, WEB
from sample import Sample, both_ways

SAMPLE = Sample(
    "macvlan-bridge",
    lambda: over_vlan(macvlan("bridge"), 301),
    [*both_ways(WEB, DB), *both_ways(WEB, CACHE, 1.2)],
)
