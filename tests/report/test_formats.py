import pytest

from pcapcheck.errors import InputError
from pcapcheck.report import html, json
from pcapcheck.report.formats import format_named, format_names, format_of


def test_formats_are_found_in_the_folder():
    assert format_names() == ("github", "html", "json", "junit", "markdown", "sarif", "text")


def test_json_is_json_v1():
    assert format_named("json-v1") is format_named("json") is json


def test_unknown_format_names_the_nearest():
    with pytest.raises(InputError, match="did you mean `sarif`"):
        format_named("sarf")


def test_ending_of_the_name_chooses_the_format():
    assert format_of("out/Report.HTML") is html


def test_no_two_formats_have_the_same_ending():
    endings = [format_named(name).SUFFIX for name in format_names()]
    assert len(set(endings)) == len(endings)


def test_name_without_a_known_ending_is_an_error():
    with pytest.raises(InputError, match=r"\.sarif"):
        format_of("report.docx")
