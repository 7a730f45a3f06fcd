"""Calico VXLAN, healthy: VNI 4096 on the IANA port."""

from profiles import DB, WEB, calico
from sample import Sample, both_ways

SAMPLE = Sample("calico-vxlan", lambda: calico("vxlan"), both_ways(WEB, DB))
