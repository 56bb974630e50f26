"""What the words on the prompt line ask for."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.tui.console.prompting import (
    History,
    Prompted,
    Wish,
    complete,
    dropped_path,
    read_prompt,
)


@pytest.mark.parametrize(
    ("line", "wish", "text"),
    [
        ("Hello there.", Wish.SPEAK, "Hello there."),
        ("  Hello.  ", Wish.SPEAK, "Hello."),
        ("?what is here", Wish.ASK, "what is here"),
        ("? what is here", Wish.ASK, "what is here"),
        ("!Stop!", Wish.CUT_IN, "Stop!"),
        ("+A cue", Wish.ADD, "A cue"),
        ("Really?", Wish.SPEAK, "Really?"),
        ("-5 degrees", Wish.SPEAK, "-5 degrees"),
    ],
)
def test_the_first_mark_says_what_becomes_of_a_line(line: str, wish: Wish, text: str):
    assert read_prompt(line) == Prompted(wish, text)


@pytest.mark.parametrize("line", ["", "  ", "?", "! ", "+", "?!"])
def test_a_line_without_words_asks_for_nothing(line: str):
    assert read_prompt(line) is None


@pytest.mark.parametrize(
    ("line", "completed"),
    [
        ("Str", "Strahd: "),
        ("str", "strahd: "),
        ("!Ir", "!Ireena Kolyana: "),
        ("Ireena K", "Ireena Kolyana: "),
        ("Strahd: I", None),
        ("", None),
        ("[", None),
        ("Zo", None),
    ],
)
def test_the_beginning_of_a_name_is_completed(line: str, completed: str | None):
    assert complete(line, ("Strahd", "Ireena Kolyana")) == completed


@pytest.mark.parametrize("form", ["{}", "'{}'", '"{}"', "file://{}", " {}\n"])
def test_a_dropped_file_is_known_however_the_terminal_writes_it(form: str, tmp_path: Path):
    path = tmp_path / "scene.txt"
    path.write_text("a")
    assert dropped_path(form.format(path)) == path


def test_spaces_of_a_dropped_file_may_be_escaped(tmp_path: Path):
    path = tmp_path / "the old keep.txt"
    path.write_text("a")
    assert dropped_path(str(path).replace(" ", "\\ ")) == path
    assert dropped_path(f"file://{path}".replace(" ", "%20")) == path


@given(st.text())
def test_other_text_is_no_file(text: str):
    path = dropped_path(text)
    assert path is None or path.is_file()


def test_history_walks_back_and_forth_and_keeps_what_was_begun():
    history = History()
    assert history.older("begun") == "begun"
    for line in ("one", "two", "two", "three"):
        history.add(line)
    assert [history.older("begun"), history.older("")] == ["three", "two"]
    assert [history.older(""), history.older("")] == ["one", "one"]
    assert [history.newer(""), history.newer(""), history.newer("")] == ["two", "three", "begun"]
    assert history.newer("begun") == "begun"


@given(st.lists(st.text(min_size=1)), st.lists(st.booleans()))
def test_a_walk_never_leaves_the_history(lines: list[str], walk: list[bool]):
    history = History()
    for line in lines:
        history.add(line)
    now = "begun"
    for older in walk:
        now = history.older(now) if older else history.newer(now)
        assert now in {*lines, "begun"}
