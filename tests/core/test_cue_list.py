"""A script as a list of cues, of which one stands by."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from skaldcast.core.cue_list import MOST_CUES, CueList, CueState, paragraphs
from skaldcast.core.errors import StateError
from skaldcast.core.types import Outcome

ABC = ("One.", "Two.", "Three.")


def texts(cues: CueList) -> list[str]:
    return [line.text for line in cues]


def test_each_paragraph_of_a_script_is_a_cue():
    script = "\n One.\nStill one. \n\n \t\nTwo.\r\n\r\n\r\nThree."
    assert texts(CueList.of_script(script)) == ["One.\nStill one.", "Two.", "Three."]
    assert paragraphs("\n \n") == []


def test_go_takes_the_lines_in_their_order():
    cues = CueList(ABC)
    assert [cues.take() for _ in range(4)] == [*cues, None]
    assert cues.standby is None
    assert {line.state for line in cues} == {CueState.QUEUED}


def test_a_line_stands_by_that_was_chosen_also_when_it_was_spoken_before():
    cues = CueList(ABC)
    first, second, third = cues
    cues.take()
    cues.speaking(first)
    cues.ended(first, Outcome.FINISHED)
    cues.stand_by(first)
    assert cues.take() is first
    assert cues.standby is second
    cues.stand_by(third)
    assert cues.take() is third


def test_a_line_that_is_being_spoken_is_not_given_twice():
    cues = CueList(ABC)
    line = cues.take()
    cues.stand_by(line)
    with pytest.raises(StateError, match="cue 1 is being spoken already"):
        cues.take()
    assert cues.standby is line


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome.FINISHED, CueState.SPOKEN),
        (Outcome.SKIPPED, CueState.SKIPPED),
        (Outcome.INTERRUPTED, CueState.SKIPPED),
        (Outcome.FAILED, CueState.FAILED),
    ],
)
def test_a_line_ends_as_its_cue_does(outcome: Outcome, state: CueState):
    cues = CueList(ABC)
    line = cues.take()
    assert line is not None
    cues.speaking(line)
    cues.ended(line, outcome, "why")
    assert (line.state, line.error) == (state, "why")


def test_what_is_with_the_narrator_is_neither_changed_nor_removed():
    cues = CueList(ABC)
    line = cues.take()
    assert line is not None
    with pytest.raises(StateError, match="cue 1 is being spoken: it cannot be changed"):
        cues.edit(line, "Else.")
    with pytest.raises(StateError, match="removed"):
        cues.remove(line)
    assert texts(cues) == list(ABC)


def test_what_stood_by_and_is_removed_gives_its_place_to_the_next():
    cues = CueList(ABC)
    cues.remove(cues[0])
    assert cues.standby is cues[0]
    cues.stand_by(cues[1])
    cues.remove(cues[1])
    assert cues.standby is None


def test_a_line_that_is_added_at_the_end_of_a_list_that_was_over_stands_by():
    cues = CueList(("One.",))
    cues.take()
    line = cues.append("Two.", character="Mira", voice="bell")
    assert cues.standby is line
    assert (line.character, line.voice) == ("Mira", "bell")


def test_a_duplicate_stands_behind_its_line():
    cues = CueList(ABC)
    copy = cues.duplicate(cues[1])
    assert texts(cues) == ["One.", "Two.", "Two.", "Three."]
    assert copy.number != cues[1].number


def test_a_change_makes_what_was_prepared_worthless():
    cues = CueList(ABC)
    line = cues[0]
    cues.preparing(line)
    cues.prepared(line)
    assert line.state is CueState.PREPARED
    cues.edit(line, line.text)
    assert line.state is CueState.PREPARED
    cues.edit(line, "Else.")
    assert line.state is CueState.WAITING
    cues.preparing(line)
    cues.prepared(line, "it broke")
    assert (line.state, line.error) == (CueState.WAITING, "it broke")


def test_a_text_is_found_from_where_one_is_and_around_the_end():
    cues = CueList(("A gate.", "A door.", "The GATE again."))
    assert cues.find("gate") is cues[0]
    assert cues.find("gate", 1) is cues[2]
    assert cues.find("door", 2) is cues[1]
    assert cues.find("window") is None


def test_a_list_has_an_end():
    cues = CueList("x" for _ in range(MOST_CUES))
    with pytest.raises(StateError, match="another script"):
        cues.append("One more.")
    assert len(cues) == MOST_CUES


class Changes(RuleBasedStateMachine):
    """Whatever is done to a list, its lines are those that were put in and not taken out, each
    once, and what stands by is one of them."""

    def __init__(self) -> None:
        super().__init__()
        self.cues = CueList()
        self.there: set[int] = set()

    @rule(text=st.text("ab", max_size=3), at=st.integers(0, 9))
    def insert(self, text: str, at: int) -> None:
        self.there.add(self.cues.insert(at, text).number)

    @precondition(lambda self: len(self.cues))
    @rule(data=st.data(), to=st.integers(-3, 12))
    def move(self, data: st.DataObject, to: int) -> None:
        standby = self.cues.standby
        line = self.cues[data.draw(st.integers(0, len(self.cues) - 1))]
        self.cues.move(line, to)
        assert self.cues.index(line) == min(max(to, 0), len(self.cues) - 1)
        assert self.cues.standby is standby

    @precondition(lambda self: len(self.cues))
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        line = self.cues[data.draw(st.integers(0, len(self.cues) - 1))]
        if not line.state.is_live:
            self.cues.remove(line)
            self.there.remove(line.number)

    @rule()
    def go(self) -> None:
        if (line := self.cues.standby) is not None and not line.state.is_live:
            assert self.cues.take() is line

    @invariant()
    def each_is_there_once(self) -> None:
        numbers = [line.number for line in self.cues]
        assert len(numbers) == len(set(numbers))
        assert set(numbers) == self.there
        assert self.cues.standby is None or self.cues.standby in list(self.cues)


TestChanges = Changes.TestCase
