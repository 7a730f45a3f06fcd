"""OVN-Kubernetes with Geneve, healthy: the first node routes; the VNI and an option name the datapath."""

from datapaths import ovn
from profiles import DB, WEB
from sample import Sample, both_ways

SAMPLE = Sample("ovn-geneve", ovn, both_ways(WEB, DB))
