"""IPVLAN in mode L2, healthy: all pods of a node have the MAC of its eth0."""

from nodenetwork import ipvlan
from profiles import CACHE, DB, WEB
from sample import Sample, both_ways

SAMPLE = Sample("ipvlan-l2", lambda: ipvlan("l2"), [*both_ways(WEB, DB), *both_ways(WEB, CACHE, 1.2)])
