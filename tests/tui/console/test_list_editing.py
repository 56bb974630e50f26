"""Changes to the list that can be taken back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.cue_list import CueList, CueState
from skaldcast.core.errors import StateError
from skaldcast.tui.console.list_editing import ListEditing, as_written


def texts(cues: CueList) -> list[str]:
    return [line.text for line in cues]


def a_list() -> tuple[CueList, ListEditing]:
    cues = CueList(["a", "b", "c"])
    return cues, ListEditing(cues)


def test_what_was_deleted_comes_back_where_it_was():
    cues, editing = a_list()
    assert editing.delete(cues[1]) is cues[1]
    assert editing.delete(cues[1]) is cues[0]
    assert editing.delete(cues[0]) is None
    for _ in range(3):
        editing.undo()
    assert texts(cues) == ["a", "b", "c"]
    with pytest.raises(StateError, match="nothing was deleted"):
        editing.undo()


def test_paragraphs_of_an_edited_cue_become_cues():
    cues, editing = a_list()
    editing.edit(cues[0], "one\n\ntwo\nlines\n\n\nthree")
    assert texts(cues) == ["one", "two\nlines", "three", "b", "c"]


def test_a_cue_edited_to_nothing_is_deleted_and_comes_back():
    cues, editing = a_list()
    editing.edit(cues[0], " \n ")
    assert texts(cues) == ["b", "c"]
    editing.undo()
    assert texts(cues) == ["a", "b", "c"]


def test_a_new_cue_comes_behind_the_chosen_one():
    cues, editing = a_list()
    assert editing.add(cues[0], "new") is cues[1]
    assert editing.add(None, "") is None
    assert texts(cues) == ["a", "new", "b", "c"]


def test_another_script_takes_the_place_of_all_but_what_is_spoken():
    cues, editing = a_list()
    cues.take()
    editing.replace(["x", "y"])
    assert texts(cues) == ["a", "x", "y"]
    assert cues.standby is cues[1]
    editing.undo()
    assert texts(cues) == ["a", "b", "c", "x", "y"]


def test_a_rewritten_list_keeps_the_lines_that_are_the_same():
    cues, editing = a_list()
    cues[0].state = CueState.SPOKEN
    first, last = cues[0], cues[2]
    editing.rewrite(["a", "B", "BB", "c", "d"])
    assert texts(cues) == ["a", "B", "BB", "c", "d"]
    assert (cues[0], cues[3]) == (first, last)
    assert cues[0].state is CueState.SPOKEN


def test_a_line_being_spoken_is_not_rewritten_and_nothing_else_is():
    cues, editing = a_list()
    cues.take()
    with pytest.raises(StateError, match="cue 1 is being spoken"):
        editing.rewrite(["b", "c"])
    assert texts(cues) == ["a", "b", "c"]


words = st.lists(st.sampled_from("abcdef"), max_size=8)


@given(words, words)
def test_a_rewritten_list_is_what_was_written(before: list[str], after: list[str]):
    cues = CueList(before)
    ListEditing(cues).rewrite(after)
    assert texts(cues) == after


@given(words, st.lists(st.tuples(st.integers(0, 7), st.booleans())))
def test_undoing_everything_brings_everything_back(
    before: list[str], steps: list[tuple[int, bool]]
):
    cues = CueList(before)
    editing = ListEditing(cues)
    deleted = 0
    for at, deletes in steps:
        if deletes and at < len(cues):
            editing.delete(cues[at])
            deleted += 1
    for _ in range(deleted):
        editing.undo()
    assert texts(cues) == before


def test_search_goes_on_behind_the_last_match():
    cues = CueList(["the gate", "a lamp", "The Gate again"])
    editing = ListEditing(cues)
    assert editing.find("gate", 0) is cues[0]
    assert editing.find("gate", 0) is cues[2]
    assert editing.find("gate", 2) is cues[0]
    assert editing.find("dragon", 0) is None


def test_a_character_is_written_as_a_tag():
    cues = CueList()
    assert as_written(cues.append("Come in.", character="Strahd")) == "[Strahd] Come in."
    assert as_written(cues.append("Night.")) == "Night."
