"""The model gets text without what makes it stumble, and no word less."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.synthesis.xtts.prompts import spoken_text


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("“Go home,” she said.", "Go home, she said."),
        ("'Go home,' she said.", "Go home, she said."),
        ("It's the dog's, isn't it?", "It's the dog's, isn't it?"),
        ("«Oui», dit-elle.", "Oui, dit-elle."),
        ("He stopped... and went on…", "He stopped. and went on."),
        ("No . And then .", "No. And then."),
        ("Gone. . . Who?", "Gone. Who?"),
        (". Gone", "Gone"),
        ("Qui ? Moi !", "Qui? Moi!"),
        ("What?! No!!", "What? No!"),
        ("A lamp — the last — went out.", "A lamp, the last, went out."),
        ("well-known", "well-known"),
        ("3.5 miles", "3.5 miles"),
        ("  spaces   and\nlines ", "spaces and lines"),
        ("...", ""),
        ("“”", ""),
        ("…Who?", "Who?"),
        ("「行こう。」", "行こう。"),
    ],
)
def test_marks_that_are_not_spoken_are_left_out(text: str, spoken: str) -> None:
    assert spoken_text(text) == spoken


@given(st.text())
def test_no_letter_or_digit_is_lost(text: str) -> None:
    def voiced(of: str) -> str:
        return "".join(c for c in of if c.isalnum())

    assert voiced(spoken_text(text)) == voiced(text)
