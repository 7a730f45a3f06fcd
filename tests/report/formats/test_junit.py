from dataclasses import replace
from xml.etree import ElementTree

import pytest
from report import results

from pcapcheck.check.finding import Severity
from pcapcheck.report.formats import junit


def suite(result):
    return ElementTree.fromstring("".join(junit.write(result)))


@pytest.mark.parametrize("situation", results.SITUATIONS)
def test_junit(golden, situation):
    golden(f"report/{situation}.junit.xml", "".join(junit.write(results.SITUATIONS[situation]())))


def test_counts_are_those_of_the_cases():
    found = suite(results.violations())
    assert [found.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["10", "3", "0", "3"]


def test_rule_that_nothing_exercised_is_skipped_with_its_reason():
    case = suite(results.conformant()).find("testcase[@name='kubernetes/dns']")
    assert case.find("skipped").get("message") == "not exercised: no packet to port 53"


def test_inconclusive_run_is_not_green():
    assert suite(results.inconclusive()).find("testcase[@name='verdict']/error") is not None


def test_warning_fails_only_if_it_should():
    name = "testcase[@name='flannel-vxlan/outer-ttl']/failure"
    assert suite(results.violations()).find(name) is None
    assert suite(replace(results.violations(), fail_on=Severity.WARNING)).find(name) is not None


def test_unreadable_capture_is_an_error():
    case = suite(results.inconclusive()).find("testcase[@classname='captures']")
    assert case.get("name") == "node2_eth0.pcap"
    assert case.find("error").get("message") == "not a capture file"
