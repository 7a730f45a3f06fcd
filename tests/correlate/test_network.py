from dataclasses import FrozenInstanceError

import pytest
from directed import network


def test_where_only_summaries_were_kept_no_packets_are_known():
    kept = network()
    frames = (kept.hops, kept.losses, kept.passes, kept.late, kept.damaged, kept.windows)
    assert [each.shape for each in frames] == [(0, 0)] * 6


def test_what_was_found_is_not_changed_afterwards():
    with pytest.raises(FrozenInstanceError):
        network().files = ("other.pcap",)
