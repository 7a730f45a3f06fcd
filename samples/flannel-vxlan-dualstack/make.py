"""flannel VXLAN, healthy: pods of both families; IPv6 has a device of its own between IPv6 nodes."""

from families import dual
from profiles import DB, WEB, flannel
from sample import Sample, both_ways, in_ipv6

TALKS = [*both_ways(WEB, DB), *in_ipv6(*both_ways(WEB, DB, 1.2))]
SAMPLE = Sample("flannel-vxlan", lambda: dual(flannel()), TALKS)
