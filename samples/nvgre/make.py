"""NVGRE, healthy: the bridges of both nodes are one tenant's link."""

from profiles import DB, WEB, nvgre
from sample import Sample, both_ways

SAMPLE = Sample("nvgre", nvgre, both_ways(WEB, DB))
