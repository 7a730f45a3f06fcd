"""Detection: what captures of each sample look like, and what is said of it."""

from pathlib import Path

import pytest

import pcapcheck
from pcapcheck.check.rulecontext import written_for

SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.fixture
def bare(tmp_path):
    """Return a function that copies the captures of a sample, without its topology, to a folder."""

    def copy(name):
        for file in (SAMPLES / name).glob("*.pcap"):
            (tmp_path / file.name).write_bytes(file.read_bytes())
        return tmp_path

    return copy


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [("eth.dst", 0xEEEEEEEEEEEE, "ee:ee:ee:ee:ee:ee"), ("vxlan.vni", 7, "7"), ("form", "vxlan", "vxlan")],
)
def test_values_are_written_as_people_write_them(field, value, text):
    assert written_for(field, value) == text


def test_evidence_names_macs_as_macs(bare):
    (used,) = pcapcheck.check(bare("calico-ipip")).profiles
    assert used.name == "calico-ipip"
    assert "eth.dst ee:ee:ee:ee:ee:ee at pod or veth" in used.evidence
