"""The line of progress."""

import io
import os

import pytest

from skaldcast.tui import progress
from skaldcast.tui.progress import StatusLine


class Terminal(io.StringIO):
    """A terminal 20 columns wide that remembers what was written."""

    def isatty(self) -> bool:
        return True


def terminal(monkeypatch: pytest.MonkeyPatch, kind: str = "xterm") -> Terminal:
    """Called in the test itself: pytest puts its own streams in after the fixtures."""
    there = Terminal()
    monkeypatch.setattr("sys.stderr", there)
    monkeypatch.setenv("TERM", kind)
    monkeypatch.setattr(progress.shutil, "get_terminal_size", lambda: os.terminal_size((20, 5)))
    return there


def test_a_line_is_written_over_the_one_before(monkeypatch: pytest.MonkeyPatch):
    there = terminal(monkeypatch)
    line = StatusLine()
    line.show("loading")
    line.show("ready")
    assert there.getvalue() == "\rloading\rready  "


def test_an_empty_line_takes_it_away(monkeypatch: pytest.MonkeyPatch):
    there = terminal(monkeypatch)
    line = StatusLine()
    line.show("ready")
    line.show("")
    assert there.getvalue() == "\rready\r     \r"


def test_a_line_never_wraps(monkeypatch: pytest.MonkeyPatch):
    there = terminal(monkeypatch)
    StatusLine().show("x" * 50)
    assert there.getvalue() == "\r" + "x" * 19


def test_nothing_is_shown_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch):
    pipe = io.StringIO()
    monkeypatch.setattr("sys.stderr", pipe)
    StatusLine().show("loading")
    assert pipe.getvalue() == ""


def test_nothing_is_shown_on_a_terminal_that_cannot(monkeypatch: pytest.MonkeyPatch):
    there = terminal(monkeypatch, "dumb")
    StatusLine().show("loading")
    assert there.getvalue() == ""
