from pcapcheck.report.layout import Layout


def test_lines_are_wrapped_at_the_width():
    lines = list(Layout(width=30).paragraph("one two three four five six seven", indent=2))
    assert lines == ["  one two three four five six\n", "    seven\n"]


def test_long_words_stay_whole_to_be_pasted():
    assert list(Layout(width=20).paragraph("see " + "x" * 40)) == ["see\n", "  " + "x" * 40 + "\n"]


def test_verbatim_lines_are_never_wrapped():
    assert list(Layout(width=20).verbatim("ip -d link show flannel.1", indent=4)) == [
        "    ip -d link show flannel.1\n"
    ]


def test_only_the_lead_is_coloured():
    lines = list(Layout(width=20, color=True).paragraph("one two three four", lead="error", style="red"))
    assert lines == ["\x1b[31merror\x1b[0m one two three\n", "  four\n"]


def test_nothing_is_coloured_unless_asked():
    assert list(Layout().paragraph("x", lead="error", style="red")) == ["error x\n"]


def test_escapes_of_a_stranger_do_not_reach_the_terminal():
    assert list(Layout(color=True).verbatim("\x1b[31mred", style="bold")) == ["\x1b[1m\\x1b[31mred\x1b[0m\n"]


def test_paragraphs_keep_their_own_line_breaks():
    assert list(Layout().paragraphs("one\ntwo", indent=1)) == [" one\n", " two\n"]
