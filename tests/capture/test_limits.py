"""Limits: which captured lengths are believed."""

import pytest

from pcapcheck.capture.interface import most_captured


@pytest.mark.parametrize(
    ("linktype", "snaplen", "most"),
    [(1, 96, 262144), (1, 300_000, 300_000), (1, 0xFFFFFFFF, 262144), (249, 65535, 128 << 20)],
    ids=["snapped", "large-snaplen", "no-limit", "usb"],
)
def test_limit_follows_link_type_and_snapshot_length(linktype, snaplen, most):
    assert most_captured(linktype, snaplen) == most
