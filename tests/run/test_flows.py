"""The list of flows, and its export."""

import subprocess
import sys

import pytest
from described import WEB, described

from pcapcheck.run.check import follow_flows
from pcapcheck.run.flows import export, list_flows
from pcapcheck.run.settings import Settings

FLANNEL = Settings(profiles=("flannel-vxlan",))


@pytest.fixture
def given(tmp_path):
    """Return captures with their topology."""
    return described(tmp_path)


def test_flows_are_followed_and_listed_alike(given):
    followed = follow_flows(*given, FLANNEL)
    listed, captured = list_flows(*given, FLANNEL)
    assert listed["flow"].to_list() == [each.flow for each in followed]
    assert listed["packets"].to_list() == [each.packets for each in followed]
    assert [each.packets for each in captured] == [3, 2]


def test_an_export_lists_the_flows_and_writes_their_sightings(given, tmp_path):
    (tmp_path / "out").mkdir()
    listed, _ = export(*given, FLANNEL, tmp_path / "out")
    assert listed["flow"][0] == WEB
    assert any((tmp_path / "out").rglob("*"))


def test_the_list_of_flows_does_not_wait_for_what_judges():
    code = "import sys, pcapcheck.run.flows; print(*(name for name in sys.modules if 'diagnose' in name))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert said.stdout.strip() == ""
