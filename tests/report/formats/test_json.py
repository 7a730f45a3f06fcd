import json as standard
from pathlib import Path

import jsonschema
import pytest
from report import results

import pcapcheck
from pcapcheck.report.formats import json

SCHEMA = Path(pcapcheck.__file__).parent / "documents" / "schemas" / "report.schema.json"


@pytest.fixture(scope="module")
def schema():
    return standard.loads(SCHEMA.read_text(encoding="utf-8"))


def report(situation):
    return "".join(json.write(results.SITUATIONS[situation]()))


@pytest.mark.parametrize("situation", results.SITUATIONS)
def test_json(golden, situation):
    golden(f"report/{situation}.json", report(situation))


@pytest.mark.parametrize("situation", results.SITUATIONS)
def test_report_is_what_the_schema_says(schema, situation):
    jsonschema.Draft202012Validator(schema).validate(standard.loads(report(situation)))


def test_schema_is_a_schema(schema):
    jsonschema.Draft202012Validator.check_schema(schema)


def test_report_is_ascii_and_has_no_control_characters():
    text = report("hostile")
    assert text.isascii()
    assert text.replace("\n", "").isprintable()


def test_names_are_kept_as_they_are_where_json_has_words_for_them():
    assert standard.loads(report("hostile"))["findings"][0]["flow"] == results.EVIL


def test_bytes_that_are_no_text_are_written_out():
    frame = standard.loads(report("hostile"))["findings"][0]["frames"][0]
    assert frame["file"] == f"{results.EVIL}\\x9c.pcap"


def test_hop_without_capture_has_no_numbers():
    path = standard.loads(report("violations"))["flows"][0]["path"]
    assert path[2]["seen"] is None
    assert path[6] | {"hop": None} == {"hop": None, "seen": 0, "missing": 9, "latency_us": None}
