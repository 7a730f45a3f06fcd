"""MACVLAN in bridge mode, healthy: pods of one parent talk directly, others over the wire."""

from nodenetwork import macvlan
from profiles import CACHE, DB, WEB
from sample import Sample, both_ways

SAMPLE = Sample(
    "macvlan-bridge", lambda: macvlan("bridge"), [*both_ways(WEB, DB), *both_ways(WEB, CACHE, 1.2)]
)
