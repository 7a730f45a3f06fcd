"""Calico with direct routing (BGP), healthy: no encapsulation at all."""

from profiles import DB, WEB, calico
from sample import Sample, both_ways

SAMPLE = Sample("calico-direct", lambda: calico("direct"), both_ways(WEB, DB))
