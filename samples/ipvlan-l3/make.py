"""IPVLAN in mode L3, healthy: no ARP in pods, no TTL lost."""

from nodenetwork import ipvlan
from profiles import CACHE, DB, WEB
from sample import Sample, both_ways

SAMPLE = Sample("ipvlan-l3", lambda: ipvlan("l3"), [*both_ways(WEB, DB), *both_ways(WEB, CACHE, 1.2)])
