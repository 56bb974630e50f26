"""Voices are heard for a moment, and never in the way of a narration."""

import pytest

from skaldcast.core.errors import StateError
from skaldcast.tui.console.auditions import Auditions
from tests.tui.console.acting import FakeNarrator


@pytest.fixture
def narrator() -> FakeNarrator:
    return FakeNarrator()


@pytest.fixture
def auditions() -> Auditions:
    return Auditions()


def hear(auditions: Auditions, narrator: FakeNarrator, text: str = "The gate.") -> None:
    auditions.begin(narrator, text, voice="bell", character=None)  # pyright: ignore


def test_a_voice_is_heard_and_the_next_one_takes_its_place(
    auditions: Auditions, narrator: FakeNarrator
):
    hear(auditions, narrator, "One.")
    hear(auditions, narrator, "Two.")
    assert [cue.text for cue in narrator.cues] == ["Two."]
    assert not auditions.narrates(narrator)  # pyright: ignore


def test_whatever_is_given_next_ends_it(auditions: Auditions, narrator: FakeNarrator):
    hear(auditions, narrator)
    auditions.end(narrator)  # pyright: ignore
    assert narrator.cues == []
    auditions.end(narrator)  # pyright: ignore
    auditions.end(None)


def test_none_begins_while_something_is_spoken(auditions: Auditions, narrator: FakeNarrator):
    hear(auditions, narrator)
    narrator.play("A game speaks.")
    assert auditions.narrates(narrator)  # pyright: ignore
    with pytest.raises(StateError, match="once it is quiet"):
        hear(auditions, narrator)
    assert len(narrator.cues) == 2


def test_nothing_is_spoken_without_a_voice(auditions: Auditions):
    assert not auditions.narrates(None)
