from dataclasses import replace

import pytest
from report import results

from pcapcheck.check.finding import Hop
from pcapcheck.report.formats import github


def lines(result):
    return "".join(github.write(result)).splitlines()


@pytest.mark.parametrize("situation", results.SITUATIONS)
def test_github(golden, situation):
    golden(f"report/{situation}.github.txt", "".join(github.write(results.SITUATIONS[situation]())))


def test_causes_come_first_and_the_verdict_last():
    found = lines(results.violations())
    assert found[0].startswith("::error file=rules/flannel-vxlan.yaml,line=14,title=vni-mismatch")
    assert found[-1].startswith("violations: ")


def test_no_more_than_ten_annotations_are_written():
    finding = results.violations().findings[0]
    many = [replace(finding, hop=Hop(f"node{number}", "eth0", "uplink", "vxlan")) for number in range(20)]
    found = lines(replace(results.violations(), findings=tuple(many)))
    assert len(found) == 11
    assert found[-1].endswith("; 11 more remarks not shown")


def test_conformant_run_is_one_line():
    assert len(lines(results.conformant())) == 1


def test_inconclusive_run_is_a_warning():
    assert lines(results.inconclusive())[0].startswith("::warning title=inconclusive::inconclusive: ")


def test_strangers_write_no_command_of_their_own():
    starts = [line.split(" ")[0] for line in lines(results.hostile())]
    assert starts == ["::error", "::error", "::warning", "violations:"]
