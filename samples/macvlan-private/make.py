"""MACVLAN in private mode, healthy: pods of one parent never talk, so one asks in vain."""

from nodenetwork import macvlan
from profiles import CACHE, DB, WEB
from sample import Sample, both_ways, ping

SAMPLE = Sample(
    "macvlan-private", lambda: macvlan("private"), [*both_ways(WEB, CACHE), ping(WEB, DB, 1.2, count=1)]
)
