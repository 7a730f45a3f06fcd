"""What pcapcheck says of each sample: its verdict and its first diagnosis are those of truth.json."""

import json
from functools import cache
from pathlib import Path

import pytest

from pcapcheck.api import check

SAMPLES = Path(__file__).parents[1] / "samples"
TRUTHS = {
    file.parent.name: json.loads(file.read_text(encoding="utf-8"))
    for file in sorted(SAMPLES.glob("*/truth.json"))
}
HEALTHY = [name for name, truth in TRUTHS.items() if truth["conformant"]]
BROKEN = [name for name, truth in TRUTHS.items() if not truth["conformant"]]


@cache
def checked(name):
    return check(SAMPLES / name)


@pytest.mark.parametrize("name", HEALTHY)
def test_healthy_sample_is_conformant(name):
    result = checked(name)
    assert [finding.message for finding in result.findings] == []
    assert [diagnosis.id for diagnosis in result.diagnoses] == []
    assert dict(result.coverage.not_evaluable) == {}
    assert result.verdict == "conformant"


@pytest.mark.parametrize("name", BROKEN)
def test_fault_of_a_broken_sample_is_the_first_diagnosis(name):
    fault = TRUTHS[name]["fault"]
    result = checked(name)
    first = result.diagnoses[0]
    assert (result.verdict, first.id) == ("violations", fault["id"])
    assert fault["node"] in (None, first.node)
    assert fault["interface"] in (None, first.interface)


@pytest.mark.parametrize("name", BROKEN)
def test_every_diagnosis_of_a_broken_sample_is_its_fault(name):
    fault = TRUTHS[name]["fault"]
    found = {diagnosis.id for diagnosis in checked(name).diagnoses}
    assert found <= {fault["id"], *fault["accept"]}
