"""Where to go on in a text that was heard in part."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.journal.places import Passover, Place, find_place, resume_offset

TEXT = "The gate—old, and rusty—stood “open”. Nobody was there."
words = st.text(st.sampled_from("ab—'“.,- \né四"), max_size=12)


@pytest.mark.parametrize(
    ("heard", "rest"),
    [
        ("", TEXT),
        ("The", "gate—old, and rusty—stood “open”. Nobody was there."),
        ("The ga", "—old, and rusty—stood “open”. Nobody was there."),
        ("The gate", "—old, and rusty—stood “open”. Nobody was there."),
        ("The gate—old, and rusty—stood", "“open”. Nobody was there."),
        ("The gate—old, and rusty—stood “open", "Nobody was there."),
        ("The gate—old, and rusty—stood “open”. No", "was there."),
        (TEXT[:-1], ""),
    ],
)
def test_it_goes_on_with_the_next_word_and_the_marks_that_open_it(heard: str, rest: str):
    assert TEXT[resume_offset(TEXT, len(heard)) :] == rest


@given(words, st.integers(0, 12))
def test_no_letter_that_was_not_heard_is_left_out_but_the_rest_of_a_word_that_was(
    text: str, heard: int
):
    heard = min(heard, len(text))
    offset = resume_offset(text, heard)
    assert heard <= offset <= len(text) or offset == 0 == heard
    skipped = text[heard:offset]
    for at, character in enumerate(skipped, heard):
        if character.isalnum():
            assert text[heard - 1].isalnum() or text[heard].isalnum()
            assert not any(c.isspace() for c in text[heard:at])


@given(words, st.integers(0, 12))
def test_going_on_from_where_one_went_on_is_the_same_place(text: str, heard: int):
    offset = resume_offset(text, min(heard, len(text)))
    assert resume_offset(text, offset) == offset


@given(
    st.lists(st.text("ab ", min_size=1), max_size=6),
    st.integers(0, 6),
    st.integers(0, 8),
    st.data(),
)
def test_what_is_passed_over_and_what_is_left_are_the_whole_however_it_is_cut(
    paragraphs: list[str], paragraph: int, offset: int, data: st.DataObject
):
    passover = Passover(Place(paragraph, offset))
    left: list[tuple[str, int]] = []
    for text in paragraphs:
        cut = data.draw(st.integers(0, len(text)))
        begin = 0
        begun = False
        spoken = ""
        for piece in passover.push([text[:cut], text[cut:], None]):
            if piece is not None and not begun:
                begun = True
                begin = passover.begin()
            spoken += piece or ""
        left.append((spoken, begin))
    for number, text in enumerate(paragraphs):
        if number < paragraph:
            assert left[number] == ("", 0)
        else:
            assert left[number] == (text, offset if number == paragraph else 0)


STORY = ["The gate stood open.", "Nobody was there to see it.", "The road ran down to the sea."]


def test_a_paragraph_that_has_moved_is_found():
    changed = ["A new beginning.", "And more of it.", *STORY]
    assert find_place(changed, Place(1, 7), STORY[1]) == Place(3, 7)


def test_the_nearest_of_the_same_paragraphs_is_taken():
    changed = ["Ha!", "Ho.", "Ha!", "Ho.", "Ha!"]
    assert find_place(changed, Place(3, 0), "Ha!") in (Place(2), Place(4))


def test_a_paragraph_that_was_written_anew_is_found_by_the_last_words_heard():
    changed = ["It began.", "That night nobody was there to see the thing."]
    heard = len("Nobody was there to")
    found = find_place(changed, Place(1, heard), STORY[1])
    assert found is not None
    assert changed[found.paragraph][found.offset :] == "see the thing."


def test_words_that_end_a_paragraph_lead_to_the_next_one():
    assert find_place(["x", *STORY], Place(2, 0), "Gone. All gone.", STORY[1]) == Place(3)


def test_else_the_words_that_come_next_are_found():
    changed = ["New.", "So they say: The road ran down to the river."]
    found = find_place(changed, Place(2, 0), STORY[2])
    assert found is not None
    assert changed[found.paragraph][found.offset :] == "The road ran down to the river."


def test_where_nothing_is_like_it_nothing_is_found():
    assert find_place(["Something else.", ""], Place(1, 3), STORY[1]) is None
    assert find_place([], Place(0), "") is None
