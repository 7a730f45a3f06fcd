"""Canal, healthy: pods behind routed veths (cali*), and flannel.1 between the nodes."""

from profiles import CACHE, DB, WEB, canal
from sample import Sample, both_ways

SAMPLE = Sample("canal", canal, [*both_ways(WEB, DB), *both_ways(WEB, CACHE, 1.2)])
