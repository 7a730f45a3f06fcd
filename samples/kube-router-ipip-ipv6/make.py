"""kube-router with IPv6 alone, healthy: a tunnel of mode ip6ip6 to each peer."""

from datapaths import kube_router
from families import ipv6
from profiles import DB, WEB
from sample import Sample, both_ways

SAMPLE = Sample("kube-router-ipip", lambda: ipv6(kube_router()), both_ways(WEB, DB))
