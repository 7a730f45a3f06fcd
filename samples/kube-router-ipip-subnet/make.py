"""kube-router with overlay type subnet, healthy: IP in IP only to the node behind a router."""

from datapaths import kube_router
from profiles import CACHE, DB, WEB
from sample import Sample, both_ways

SAMPLE = Sample(
    "kube-router-ipip-subnet",
    lambda: kube_router("subnet"),
    [*both_ways(WEB, DB), *both_ways(WEB, CACHE, 1.2)],
)
