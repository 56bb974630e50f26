"""Running text to cues."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.source.paragraphs import LineSplitter, ParagraphSplitter

TEXTS = st.text(alphabet="ab \t\r\n\x85\u2028\u2029", max_size=40)
CUTS = st.lists(st.integers(0, 40), max_size=8)


def split(splitter: ParagraphSplitter, *texts: str) -> list[str]:
    """The cues; the last one counts only once it has ended."""
    cues, current = [], ""
    for text in (*texts, None):
        for piece in splitter.finish() if text is None else splitter.push(text):
            if piece is None:
                cues.append(current)
                current = ""
            else:
                assert piece
                current += piece
    assert not current
    return cues


def cut(text: str, places: list[int]) -> list[str]:
    edges = [0, *sorted(place % (len(text) + 1) for place in places), len(text)]
    return [text[a:b] for a, b in itertools.pairwise(edges)]


def test_a_blank_line_ends_a_paragraph_and_a_single_newline_does_not():
    assert split(ParagraphSplitter(), "one\ntwo\n\nthree") == ["one\ntwo\n", "three"]


def test_a_blank_line_may_hold_blank_space():
    assert split(ParagraphSplitter(), "one\n \t\ntwo") == ["one\n", "two"]


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n", "\x85", "\u2028"])
def test_every_kind_of_line_end_is_one(end: str):
    text = f"one{end}two{end}{end}three{end}"
    assert split(ParagraphSplitter(), text) == ["one\ntwo\n", "three\n"]


def test_a_paragraph_separator_ends_one():
    assert split(ParagraphSplitter(), "one\u2029two") == ["one\n", "two"]


def test_a_line_end_cut_in_two_is_still_one():
    assert split(ParagraphSplitter(), "one\r", "\ntwo") == ["one\ntwo"]


def test_a_paragraph_ends_with_its_blank_line_not_with_the_next_one():
    splitter = ParagraphSplitter()
    assert splitter.push("one.\n\n") == ["one.\n", None]


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_a_line_end_is_given_out_with_its_line_and_not_with_the_next(end: str):
    splitter = ParagraphSplitter()
    assert splitter.push(f"I am fine{end}") == ["I am fine\n"]
    assert splitter.push("  ") == []
    assert splitter.push("So am I") == ["  So am I"]


def test_blank_space_behind_the_last_line_is_none_of_the_paragraph():
    assert split(ParagraphSplitter(), "one\n  ") == ["one\n"]


def test_text_is_given_out_at_once():
    assert ParagraphSplitter().push("Hello there. ") == ["Hello there. "]


def test_nothing_but_blank_space_is_no_paragraph():
    assert split(ParagraphSplitter(), " \n\n \t\n") == []


def test_blank_space_at_the_start_of_a_line_inside_a_paragraph_stays():
    assert split(ParagraphSplitter(), "  one\n  two") == ["one\n  two"]


@given(text=TEXTS, places=CUTS)
def test_paragraphs_are_the_same_however_the_text_is_cut(text: str, places: list[int]):
    assert split(ParagraphSplitter(), *cut(text, places)) == split(ParagraphSplitter(), text)


@given(text=TEXTS)
def test_no_character_but_blank_ones_is_lost(text: str):
    joined = "".join(split(ParagraphSplitter(), text))
    assert "".join(joined.split()) == "".join(text.split())


def test_each_line_is_a_cue_and_blank_ones_are_none():
    assert split(LineSplitter(), "one\r\n\n  two", " more\n \nthree") == [
        "one",
        "two more",
        "three",
    ]


@given(text=TEXTS, places=CUTS)
def test_lines_are_the_same_however_the_text_is_cut(text: str, places: list[int]):
    assert split(LineSplitter(), *cut(text, places)) == split(LineSplitter(), text)
