from dataclasses import replace

import pytest
from report import results

from pcapcheck.check.finding import Hop
from pcapcheck.report.formats import markdown


def report(result):
    return "".join(markdown.write(result))


@pytest.mark.parametrize("situation", results.SITUATIONS)
def test_markdown(golden, situation):
    golden(f"report/{situation}.markdown.md", report(results.SITUATIONS[situation]()))


def test_markup_of_strangers_is_text():
    text = report(results.hostile())
    outside = "".join(text.split("```")[::2])
    assert "<script" not in outside
    assert "](" not in outside
    assert "@team" not in outside


def test_stranger_cannot_end_a_code_block():
    evil = replace(results.violations().diagnoses[0], confirm=("```", "# x"))
    text = report(replace(results.violations(), diagnoses=(evil,)))
    assert "\n````\n```\n# x\n````\n" in text


def test_long_tables_are_cut_and_say_so():
    finding = results.violations().findings[0]
    many = [replace(finding, hop=Hop(f"node{number}", "eth0", "uplink", "vxlan")) for number in range(60)]
    assert "Only the first 50 rows are shown." in report(replace(results.violations(), findings=tuple(many)))


def test_rows_have_as_many_cells_as_their_header():
    rows = [line for line in report(results.hostile()).splitlines() if line.startswith("|")]
    assert {line.count("|") for line in rows} == {7, 9}
