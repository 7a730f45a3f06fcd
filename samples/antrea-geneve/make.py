"""Antrea with Geneve, healthy: both nodes route; in the tunnel all frames have one destination MAC."""

from datapaths import antrea
from profiles import DB, WEB
from sample import Sample, both_ways

SAMPLE = Sample("antrea-geneve", antrea, both_ways(WEB, DB))
