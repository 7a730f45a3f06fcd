"""Healthy networks stay clean, and causes right or silent, when captures are not what they should be.

The shared captures are disturbed (`disturb.py`) with fixed seeds, twice each. A table shows what became of
the causes: right, another first, only "last seen", or silent. CORRELATION.md, section 6, has the figures to
keep.
"""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import disturb
import pytest
import shared

from pcapcheck.capture.inputs import find_inputs
from pcapcheck.report.report import Report, Verdict
from pcapcheck.run.check import Settings, run
from pcapcheck.topology.load import load_topology

SEEDS = range(2)
# The share of faults that must still be named first: measured, less a little.
RIGHT = {"clocks": 1.0, "subset": 0.65, "windows": 0.85, "drops": 0.95}
SURE = 0.8  # a wrong cause must not be surer
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shared.CAPTURES.is_dir(), reason=shared.REASON),
]


def checked(folder: Path) -> Report:
    inputs = find_inputs((str(folder),))
    return run(inputs, load_topology(inputs.topology.path), Settings())


def truth(name: str) -> dict:
    return json.loads((shared.CAPTURES / name / "truth.json").read_text(encoding="utf-8"))


def outcome(result: Report, known: dict) -> str:
    """Return one word for what pcapcheck says of a scenario whose truth is known."""
    ids = [each.id for each in result.diagnoses]
    if known["conformant"]:
        return "false alarm" if ids or result.verdict is Verdict.VIOLATIONS else "clean"
    if not ids:
        return "silent"
    if ids[0] in (known["fault"]["id"], *known["fault"]["accept"]):
        return "right"
    return "last seen" if ids[0] == "last-seen" else "another first"


def variants(disturbance: str, into: Path) -> Iterator[tuple[str, Path]]:
    """Yield name and folder of each disturbed scenario."""
    for name in shared.scenarios():
        for seed in SEEDS:
            folder = into / f"{name}-{seed}"
            yield name, disturb.disturbed(shared.CAPTURES / name, disturbance, seed, folder)


def show(request: pytest.FixtureRequest, title: str, table: Counter) -> None:
    cells = ", ".join(f"{word} {count}" for word, count in sorted(table.items()))
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        request.config.get_terminal_writer().line(f"\n{title}: {cells}")


@pytest.mark.parametrize("disturbance", sorted(disturb.DISTURBANCES))
def test_healthy_networks_stay_clean_and_causes_right_or_silent(disturbance, tmp_path, request):
    outcomes = {}
    for name, folder in variants(disturbance, tmp_path):
        outcomes[folder.name] = outcome(checked(folder), truth(name))
    table = Counter(outcomes.values())
    show(request, disturbance, table)
    assert [name for name, word in outcomes.items() if word == "false alarm"] == []
    faults = sum(table.values()) - table["clean"]
    assert table["right"] / faults >= RIGHT[disturbance]


def misled(result: Report, known: dict) -> list[str]:
    """Return the causes that pcapcheck is sure of, and that are wrong."""
    fault = known["fault"] or {"id": "", "accept": ()}
    right = {fault["id"], *fault["accept"]}
    return [each.id for each in result.diagnoses if each.id not in right and each.confidence > SURE]


def test_each_capture_may_be_missing(tmp_path, request):
    """Leave one file out: no healthy network becomes ill, and no wrong cause is sure; a table tells."""
    table: Counter = Counter()
    alarms, wrong = [], []
    for name in shared.scenarios():
        for file in sorted((shared.CAPTURES / name).glob("*.pcap")):
            folder = disturb.without(shared.CAPTURES / name, file.name, tmp_path / name / file.stem)
            result = checked(folder)
            word = outcome(result, truth(name))
            table[word] += 1
            alarms += [f"{name} without {file.name}"] if word == "false alarm" else []
            wrong += [f"{name} without {file.name}: {id}" for id in misled(result, truth(name))]
    show(request, "one capture missing", table)
    assert alarms == []
    assert wrong == []
