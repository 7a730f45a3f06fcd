"""MACVLAN in private mode, healthy: pods of one parent never talk, even with a static entry for the MAC."""

from dataclasses import replace

from nodenetwork import macvlan
from profiles import CACHE, DB, WEB
from sample import Sample, both_ways, ping

SAMPLE = Sample(
    "macvlan-private",
    lambda: replace(macvlan("private"), permanent={(WEB, DB)}),
    [*both_ways(WEB, CACHE), ping(WEB, DB, 1.2, count=2)],
)
