import csv as csv_module
import io
from xml.etree.ElementTree import Element, fromstring, tostring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcapcheck.report import escape

ANY = st.text(st.characters(codec=None))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("node1_eth0.pcap", "node1_eth0.pcap"),
        ("\x1b[2J", "\\x1b[2J"),
        ("a\r\nb\tc", "a\\x0d\\x0ab\\x09c"),
        ("\x9b31m", "\\x9b31m"),
        ("abc\u202ecba", "abc\\u202ecba"),
        ("\u2066x\u200b", "\\u2066x\\u200b"),
        ("\udc9c.pcap", "\\x9c.pcap"),
        ("\U000e0001", "\\U000e0001"),
        ("Grüße 日本", "Grüße 日本"),
    ],
)
def test_what_does_not_print_is_written_out(text, shown):
    assert escape.visible(text) == shown


@given(ANY)
def test_every_visible_text_prints(text):
    assert escape.visible(text).isprintable()


@pytest.mark.parametrize(
    "line", ["::error::x", "  ::stop-commands::x", "::warning file=a.yaml::x", "##[group]x"]
)
def test_line_that_a_runner_would_obey_is_disarmed(line):
    assert escape.terminal(line).lstrip().startswith("\\")


def test_addresses_are_not_taken_for_commands():
    assert escape.terminal("::1 and fe80::1") == "::1 and fe80::1"


@given(ANY)
def test_html_has_no_markup_left(text):
    assert not set(escape.html(text)) & set("<>\"'`")


@given(ANY)
def test_xml_can_be_read_again(text):
    element = Element("a", name=escape.xml(text))
    assert fromstring(tostring(element)).get("name") == escape.visible(text)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_csv_cell_is_no_formula(text):
    cell = escape.csv(text)
    assert cell.startswith(("'", "\\"))


@given(ANY)
def test_csv_stays_one_row(text):
    file = io.StringIO()
    csv_module.writer(file).writerow([escape.csv(text)])
    assert file.getvalue().count("\n") == 1


def test_markdown_shows_markup_as_text():
    shown = escape.markdown("<b>|`x`|*_[a](http://b) @team www.evil.example")
    assert not set(shown) & set("<>|`*_[]@")
    assert "://" not in shown
    assert "www." not in shown


def test_github_message_is_one_line():
    assert escape.github("a%\r\nb") == "a%25\\x0d%0Ab"


def test_github_property_ends_nowhere():
    assert escape.github_property("a,b::c") == "a%2Cb%3A%3Ac"
