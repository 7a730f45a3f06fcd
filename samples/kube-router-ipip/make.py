"""kube-router, healthy: a device to each peer carries IP in IP."""

from datapaths import kube_router
from profiles import DB, WEB
from sample import Sample, both_ways

SAMPLE = Sample("kube-router-ipip", kube_router, both_ways(WEB, DB))
