"""MACVLAN in VEPA mode, healthy: the switch sends frames for the same node back."""

from nodenetwork import macvlan
from profiles import CACHE, DB, WEB
from sample import Sample, both_ways

SAMPLE = Sample("macvlan-vepa", lambda: macvlan("vepa"), [*both_ways(WEB, DB), *both_ways(WEB, CACHE, 1.2)])
