from hypothesis import given
from hypothesis import strategies as st

from pcapcheck.report.markup import join, paragraphs, raw, tag


def test_text_is_escaped_and_markup_is_not():
    assert tag("p", "a<b", tag("b", "c")) == "<p>a&#60;b<b>c</b></p>"


def test_attributes_have_their_html_names():
    assert tag("li", class_="hop", data_last="x", hidden=True, id=False) == (
        '<li class="hop" data-last="x" hidden></li>'
    )


def test_void_elements_have_no_end():
    assert tag("input", type="search") == '<input type="search">'


def test_paragraphs_are_lines():
    assert paragraphs("one\n\n<two>\n") == "<p>one</p><p>&#60;two&#62;</p>"


def test_raw_is_kept():
    assert join(raw("<br>"), None, "&") == "<br>&#38;"


@given(st.text(st.characters(codec=None)))
def test_no_text_leaves_its_element(text):
    assert tag("p", text, title=text).count("<") == 2
