import sys

import pytest

from pcapcheck.errors import InputError
from pcapcheck.report import console


@pytest.fixture
def on(monkeypatch):
    """Return a function that says what standard output and the environment are."""

    def make(*, terminal, **environment):
        for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)
        monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)

    return make


@pytest.mark.parametrize(
    ("terminal", "environment", "colored"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": ""}, True),
        (True, {"TERM": "dumb"}, False),
        (False, {"FORCE_COLOR": "1"}, True),
        (True, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_a_terminal_gets_colours_unless_somebody_asked_for_none(on, terminal, environment, colored):
    on(terminal=terminal, **environment)
    assert console.is_colored("auto") is colored


def test_what_was_asked_for_goes_before_what_the_terminal_is(on):
    on(terminal=False, NO_COLOR="1")
    assert (console.is_colored("always"), console.is_colored("never")) == (True, False)


def test_a_pipe_gets_the_same_width_everywhere(on):
    on(terminal=False, COLUMNS="200")
    assert console.width() == console.PLAIN_WIDTH
    on(terminal=True, COLUMNS="200")
    assert console.width() == 200


def test_what_strangers_named_cannot_move_the_cursor(capsys):
    console.say("one\x1b[2J\ntwo")
    console.warn("three\x1b[2J")
    shown, warned = capsys.readouterr()
    assert "\x1b" not in shown + warned
    assert shown.splitlines()[1] == "two"
    assert warned.startswith("warning: three")


def test_parts_come_out_in_their_order_whether_text_or_bytes(capfdbinary):
    console.write(["one ", b"two ", "three"])
    sys.stdout.flush()
    assert capfdbinary.readouterr().out == b"one two three"


def test_a_file_may_hold_what_no_encoding_has(tmp_path):
    console.write(["caf\u00e9 \udcff", b"\x00"], str(tmp_path / "report"))
    assert (tmp_path / "report").read_bytes() == b"caf\xc3\xa9 \\udcff\x00"


def test_that_a_file_cannot_be_written_is_said_before_long_work(tmp_path):
    console.check_writable(str(tmp_path / "report"))
    with pytest.raises(InputError, match="it is a folder"):
        console.check_writable(str(tmp_path))
    with pytest.raises(InputError, match="mkdir -p"):
        console.check_writable(str(tmp_path / "absent" / "report"))


def test_a_file_that_cannot_be_written_is_a_mistake(tmp_path):
    with pytest.raises(InputError, match="can't be written"):
        console.write(["x"], str(tmp_path))


def test_progress_is_shown_on_a_terminal_only(on):
    on(terminal=False)
    with console.progress() as tell:
        assert tell is None


def test_a_bar_appears_only_when_work_takes_long(on, capsys, monkeypatch):
    on(terminal=True)
    with console.progress() as tell:
        tell(1, 2)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(console, "BAR_AFTER_SECONDS", -1)
    with console.progress() as tell:
        tell(1, 2)
    assert "reading" in capsys.readouterr().err
