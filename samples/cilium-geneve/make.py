"""Cilium with Geneve, healthy: the VNI is the identity of the sender."""

from datapaths import cilium
from profiles import DB, WEB
from sample import Sample, both_ways

SAMPLE = Sample("cilium-geneve", lambda: cilium("geneve"), both_ways(WEB, DB))
