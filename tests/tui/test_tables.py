"""Tables for people and for programs."""

import io

import pytest

from skaldcast.tui.tables import print_table

ROWS = [("hibari:heart", "ok"), ("kokoro:bm_george", "a\tb\nc")]


def test_a_program_gets_one_line_a_row_with_tabs_between_the_cells(
    capsys: pytest.CaptureFixture[str],
):
    print_table(("voice", "state"), ROWS)
    assert capsys.readouterr().out == ("voice\tstate\nhibari:heart\tok\nkokoro:bm_george\ta b c\n")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Called in the test itself: pytest puts its own streams in after the fixtures."""
    there = Terminal()
    monkeypatch.setattr("sys.stdout", there)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "60")
    return there


def test_people_get_columns_and_colours(monkeypatch: pytest.MonkeyPatch):
    there = terminal(monkeypatch)
    monkeypatch.delenv("NO_COLOR", raising=False)
    print_table(("voice", "state"), ROWS[:1], {"ok": "green"})
    assert "hibari:heart  \x1b[32mok" in there.getvalue()


def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch):
    there = terminal(monkeypatch)
    monkeypatch.setenv("NO_COLOR", "1")
    print_table(("voice", "state"), ROWS[:1], {"ok": "green"})
    assert "\x1b[32m" not in there.getvalue()


def test_what_looks_like_markup_is_shown_as_it_is(monkeypatch: pytest.MonkeyPatch):
    there = terminal(monkeypatch)
    print_table(("voice", "state"), [("[red]x", "[/]")])
    assert "[red]x" in there.getvalue()
