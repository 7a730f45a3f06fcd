"""flannel VXLAN, healthy: two pods of one node talk over its bridge, one of them with the other node."""

from profiles import CACHE, DB, WEB, flannel, with_neighbour
from sample import Sample, both_ways

SAMPLE = Sample(
    "flannel-vxlan",
    lambda: with_neighbour(flannel()),
    [*both_ways(WEB, CACHE), *both_ways(WEB, DB, 1.2)],
)
