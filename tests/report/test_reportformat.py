from json import loads
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from report.results import hostile, violations

from pcapcheck.errors import InputError
from pcapcheck.report.escape import utf8
from pcapcheck.report.formats import html, json
from pcapcheck.report.reportformat import format_named, format_names, format_of


def test_formats_are_found_in_the_folder():
    assert format_names() == ("github", "html", "json", "junit", "markdown", "sarif", "text")


def test_json_is_json_v1():
    assert format_named("json-v1") == format_named("json")
    assert format_named("json").write is json.write


def test_unknown_format_names_the_nearest():
    with pytest.raises(InputError, match="did you mean `sarif`"):
        format_named("sarf")


def test_ending_of_the_name_chooses_the_format():
    assert format_of("out/Report.HTML").write is html.write


def test_no_two_formats_have_the_same_ending():
    endings = [format_named(name).suffix for name in format_names()]
    assert len(set(endings)) == len(endings)


def test_name_without_a_known_ending_is_an_error():
    with pytest.raises(InputError, match=r"\.sarif"):
        format_of("report.docx")


@settings(deadline=None, max_examples=40)
@example("\ud800")
@given(st.text(st.characters(codec=None), max_size=40))
def test_any_name_can_be_reported_in_every_format(name):
    reports = {each: "".join(format_named(each).write(hostile(name))) for each in format_names()}
    assert all(report.encode() for report in reports.values())
    assert fromstring(reports["junit"]).tag == "testsuite"
    assert loads(reports["json"])["flows"][0]["flow"] == utf8(name)
    assert loads(reports["sarif"])["version"] == "2.1.0"
    assert reports["html"].count("<script") == 2
    assert all(line.isprintable() for line in reports["text"].split("\n"))


@pytest.mark.parametrize("name", format_names())
def test_equal_results_give_equal_bytes(name):
    write = format_named(name).write
    assert list(write(violations())) == list(write(violations()))
