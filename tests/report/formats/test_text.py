from dataclasses import replace

import pytest
from report import results

from pcapcheck.check.finding import Hop
from pcapcheck.report.formats import text


def report(situation, **options):
    return "".join(text.write(results.SITUATIONS[situation](), **options))


@pytest.mark.parametrize("situation", results.SITUATIONS)
def test_text(golden, situation):
    golden(f"report/{situation}.text.txt", report(situation))


def test_text_with_everything(golden):
    golden("report/violations.text-verbose.txt", report("violations", verbose=2))


def test_text_for_a_narrow_terminal(golden):
    golden("report/violations.text-narrow.txt", report("violations", width=40))


def test_text_in_colour(golden):
    golden("report/violations.text-color.txt", report("violations", color=True))


def test_quiet_leaves_the_causes():
    lines = report("violations", verbose=-1).splitlines()
    assert lines[1:] == ["  vni-mismatch: node1 sends VNI 2 (intended 1), confidence 93 %"]


def test_very_quiet_leaves_the_first_line():
    assert report("violations", verbose=-2).count("\n") == 1


def test_report_has_no_escape_unless_colour_is_asked():
    assert "\x1b" not in report("hostile")


def test_stranger_cannot_write_a_line_of_his_own():
    assert not [line for line in report("hostile").splitlines() if line.lstrip().startswith("::error")]


def test_findings_are_limited_and_the_rest_counted():
    found = results.violations().findings[0]
    many = [replace(found, hop=Hop(f"node{number}", "eth0", "uplink", "vxlan")) for number in range(15)]
    shown = "".join(text.write(replace(results.violations(), findings=tuple(many), diagnoses=())))
    assert "and 3 more groups: -v shows them" in shown
