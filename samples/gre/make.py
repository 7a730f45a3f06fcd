"""GRE with a key between two routed bridges, healthy."""

from profiles import DB, WEB, gre
from sample import Sample, both_ways

SAMPLE = Sample("gre", gre, both_ways(WEB, DB))
