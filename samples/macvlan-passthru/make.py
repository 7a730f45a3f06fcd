"""MACVLAN in passthru mode, healthy: one pod has the device and its MAC."""

from nodenetwork import macvlan
from profiles import DB, WEB
from sample import Sample, both_ways

SAMPLE = Sample("macvlan-passthru", lambda: macvlan("passthru"), both_ways(WEB, DB))
