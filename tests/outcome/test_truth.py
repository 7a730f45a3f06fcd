"""The outcomes of what was tried in real captures, as their truth.json lists it."""

import json
from collections import Counter

import polars as pl
import pytest
from scene import network_of
from shared import CAPTURES, REASON

KINDS = {"http": "tcp", "tcp": "tcp", "dns": "udp", "udp": "udp", "icmp": "echo", "ping": "echo"}


def folders():
    return [path.parent for part in (CAPTURES, CAPTURES.parent / "lab") for path in part.glob("*/truth.json")]


def verdicts(folder):
    """Yield what was tried, what was observed, and the outcome of the flow that it should be."""
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    outcomes = network_of(folder).outcomes
    for each in truth.get("traffic", ()):
        if each.get("kind") not in KINDS or not each.get("dst_ip"):
            continue
        flows = outcomes.filter(
            pl.col("server").str.starts_with(KINDS[each["kind"]]),
            pl.col("asked_source") == each["src_ip"],
            pl.col("asked_destination") == each["dst_ip"],
        )
        if each.get("port"):
            flows = flows.filter(pl.col("asked_destination_port") == each["port"])
        yield each, each["observed"], flows


@pytest.mark.slow
@pytest.mark.skipif(not CAPTURES.is_dir(), reason=REASON)
def test_table_of_outcomes(capsys):
    table, wrong = Counter(), []
    for folder in sorted(folders()):
        for each, observed, flows in verdicts(folder):
            good = bool(flows["failed"].any()) if observed != "ok" else not flows["failed"].all()
            found = "not found" if flows.is_empty() else "right" if good else "wrong"
            table[observed, found] += 1
            if found != "right":
                wrong.append((folder.name, each["kind"], each["dst_ip"], observed, found))
    with capsys.disabled():
        print(dict(table))
        for each in wrong:
            print("  ", *each)
    assert table["ok", "wrong"] == 0
