"""Flannel WireGuard, healthy: a handshake, then nothing that can be read between the nodes."""

from profiles import API, DB, WEB, flannel, with_service
from sample import Sample, both_ways, fetch
from services import Nat
from wire import End

SAMPLE = Sample(
    "flannel-wireguard",
    lambda: with_service(flannel("wireguard")),
    [*both_ways(WEB, DB), fetch(WEB, DB, 1.2, nat=Nat(End(API, 80)))],
)
