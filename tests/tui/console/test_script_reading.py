"""A script as its editor shows it: what is marked is what the grammar makes of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.cue_list import paragraphs
from skaldcast.core.script.cast import Cast, CharacterVoice
from skaldcast.tui.console.script_reading import (
    MOST_DOUBTS,
    DoubtFinder,
    Kind,
    marks_of,
    paragraphs_of,
)

CAST = Cast([CharacterVoice("Strahd", aliases=("the Count",)), CharacterVoice("Ireena Kolyana")])


def marked(text: str) -> list[tuple[str, str]]:
    lines = text.split("\n")
    return [
        (line[mark.start : mark.end].strip(), mark.kind.value)
        for line, marks in zip(lines, marks_of(text, CAST), strict=True)
        for mark in marks
        if line[mark.start : mark.end].strip()
    ]


def doubts(text: str) -> list[tuple[int, str]]:
    return [(doubt.line, doubt.text) for doubt in DoubtFinder(CAST).find(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Plain prose, and no more.", []),
        ("[Strahd] Come in.", [("[Strahd]", "name"), ("Come in.", "speech")]),
        ("Strahd: Come in.", [("Strahd:", "name"), ("Come in.", "speech")]),
        ("Night. [pause 2] Day.", [("[pause 2]", "control")]),
        ("[slow]Night.[/slow]", [("[slow]", "control"), ("[/slow]", "control")]),
        ("[door slams] Night falls.", [("[door slams]", "silent")]),
        ("Night <!-- not yet --> falls.", [("<!-- not yet -->", "silent")]),
        ("// a note\nNight falls.", [("// a note", "silent")]),
        ("Night *falls*.", [("*", "silent"), ("*", "silent")]),
        ("A [[note]] here.", [("[[note]]", "silent")]),
        ('"Come," said Strahd.', [('"Come,"', "speech")]),
    ],
)
def test_what_is_spoken_by_whom_and_what_is_not(text: str, found: list[tuple[str, str]]):
    assert marked(text) == found


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[Strad] Come in.", [(0, '"Strad" is not in the cast; did you mean Strahd?')]),
        ("[Boris] Come in.", [(0, '"Boris" is not in the cast')]),
        ("One.\n\nTwo [open\nthree.", [(2, "this [ does not close in time: it is spoken as text")]),
        ("One] two.", [(0, "nothing opens this ]: it is spoken as text")]),
        ("One <!-- two.", [(0, "--> is missing: nothing behind this is spoken")]),
        ("One.\n\n```\nx = 1", [(2, "``` is missing: nothing behind this is spoken")]),
        ("One. [puase 2] Two.", [(0, "[puase 2] is a direction, not spoken; did you mean pause?")]),
        (
            "[slow]One.[/slw]",
            [(0, "[/slw] ends nothing, and is not spoken; did you mean [/slow]?")],
        ),
        ("[Strahd]\n\nCome in.", [(0, "[Strahd] says nothing: a blank line ends the paragraph")]),
        ('He said, "Come in.\n\nNight.', [(0, 'this " does not close in its paragraph')]),
        ('"Come in.\n\n"And sit."', []),
        ("[the Count] Come in.\n\n[door slams] Night.", []),
        ("A \\[bracket and [T]he rest.", []),
        ("I see ((never closed.", [(0, "this (( does not close in time: it is spoken as text")]),
    ],
)
def test_what_may_be_a_mistake_is_told_with_its_line(text: str, told: list[tuple[int, str]]):
    assert doubts(text) == told


def test_an_unknown_name_is_told_once():
    assert len(doubts("[Boris] One.\n\n[Boris] Two.")) == 1


def test_what_has_changed_is_read_anew_and_the_rest_is_not():
    finder = DoubtFinder(CAST)
    assert finder.find("One.\n\nTwo [.")[0].line == 2
    assert finder.find("One.\n\nThree.\n\nTwo [.")[0].line == 4
    assert finder.find("One.") == []


def test_no_more_is_listed_than_can_be_read():
    assert len(doubts("\n\n".join(f"Open [ {n}" for n in range(MOST_DOUBTS + 9)))) == MOST_DOUBTS


@given(st.text(alphabet='ab [](){}<>!-/*_`~"“”:\n.SN#\\|', max_size=300))
def test_any_text_has_marks_within_its_lines(text: str):
    for _, paragraph in paragraphs_of(text.split("\n")):
        lines = paragraph.split("\n")
        for line, marks in zip(lines, marks_of(paragraph, CAST), strict=True):
            assert all(0 <= mark.start < mark.end <= len(line) for mark in marks)
            assert all(mark.kind in Kind for mark in marks)
    assert all(0 <= line <= text.count("\n") for line, _ in doubts(text))


@given(st.text(alphabet="ab \n\t.", max_size=100))
def test_paragraphs_are_those_that_become_cues(text: str):
    found = [paragraph.strip() for _, paragraph in paragraphs_of(text.split("\n"))]
    assert found == paragraphs(text)
