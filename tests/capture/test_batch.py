"""Batch: what a reader found in one window."""

import numpy as np

from pcapcheck.capture.reader import Scan, empty_batch


def test_empty_batch_has_no_packets():
    assert empty_batch(28, "broken").packets == 0


def test_scan_counts_starts():
    assert Scan(np.array([0, 16]), 32, "").packets == 2
