"""flannel VXLAN, healthy: two containers of one pod talk over its loopback, and with the other node."""

from dataclasses import replace

from profiles import DB, WEB, flannel
from sample import Sample, both_ways, fetch, ping

SAMPLE = Sample(
    "flannel-vxlan",
    lambda: replace(flannel(), loopbacks=(WEB,)),
    [*both_ways(WEB, DB), fetch(WEB, WEB, 1.2, port=8080), ping(WEB, WEB, 1.6)],
)
