"""Geneve between two bridges, healthy."""

from profiles import DB, WEB, geneve
from sample import Sample, both_ways

SAMPLE = Sample("geneve", geneve, both_ways(WEB, DB))
