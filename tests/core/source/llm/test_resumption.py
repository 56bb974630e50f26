"""An answer that was cut off goes on without a word said twice."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.source.llm.resumption import Resumption, unfinished_sentence

FULL = (
    "The old gate stood open, and beyond it ran a road. Nobody had walked there for years! "
    "Captain Strahd raised his lantern. “Who comes so late?” he asked, though no answer came."
)


def resumed(said: str, *pieces: str, instructed: bool = False) -> str | None:
    """All that is said in the end; None where it went astray."""
    resumption = Resumption(said, instructed=instructed)
    more = [*(resumption.push(piece) for piece in pieces), resumption.finish()]
    return None if resumption.astray else said + "".join(more)


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


@pytest.mark.parametrize("instructed", [False, True])
def test_a_repetition_from_the_start_is_dropped_wherever_it_was_cut(instructed: bool):
    for cut in range(1, len(FULL)):
        assert words_of(resumed(FULL[:cut], FULL, instructed=instructed) or "") == words_of(FULL)


def test_a_continuation_to_the_letter_is_taken_wherever_it_was_cut():
    for cut in range(1, len(FULL)):
        if FULL[cut:].lstrip()[:1].isupper() and FULL[cut - 1].isspace():
            continue  # a name, or a new message: it cannot be told
        assert resumed(FULL[:cut], FULL[cut:]) == FULL


def test_a_repetition_of_the_cut_sentence_is_dropped():
    for cut in range(60, len(FULL)):
        sentence = unfinished_sentence(FULL[:cut])
        if not sentence:
            continue
        again = FULL[FULL.rindex(sentence, 0, cut) :]
        assert words_of(resumed(FULL[:cut], again, instructed=True) or "") == words_of(FULL)


@pytest.mark.parametrize(
    ("said", "more", "whole"),
    [
        ("The gate sto", "od open.", "The gate stood open."),
        ("The gate sto", "The gate stood open.", "The gate stood open."),
        ("The gate sto", "stood open.", "The gate stood open."),
        ("The gate stood open,", "the gate stood open, and", "The gate stood open, and"),
        ("The gate stood open, ", "**The** gate stood open — and", "The gate stood open, — and"),
        ("The gate stood open.", "The gate stood open. Then", "The gate stood open. Then"),
        ("He saw a", " and b.", "He saw a and b."),
        ("He saw the", " the gate.", "He saw the gate."),
        ("He spoke to", " Strahd.", "He spoke to Strahd."),
        ("He came. ", "Nobody saw him.", "He came. Nobody saw him."),
        ("…", "The gate.", "…The gate."),
    ],
)
def test_what_comes_is_joined_to_what_was_said(said: str, more: str, whole: str):
    assert resumed(said, more) == whole


@pytest.mark.parametrize(
    ("said", "more"),
    [
        ("The old gate stood open and the", "The old gate stood shut, as ever."),
        ("He spoke to", "Strahd raised his lantern."),
        ("He raised the", "You stand before a gate."),
    ],
)
def test_a_new_beginning_in_the_middle_of_a_sentence_is_astray(said: str, more: str):
    assert resumed(said, more) is None


@pytest.mark.parametrize(
    ("said", "more", "whole"),
    [
        ("He came. The old gate", "was open.", "He came. The old gate was open."),
        ("He came. The old", "You wait.", "He came. The old— You wait."),
        ("He came.", "You wait.", "He came. You wait."),
        ("The old gate stood open and", "The old gate stood shut. Nobody came. It rained.",
         "The old gate stood open and— Nobody came. It rained."),
    ],
)  # fmt: skip
def test_told_to_go_on_the_model_is_taken_at_its_word(said: str, more: str, whole: str):
    assert resumed(said, more, instructed=True) == whole


ALPHABET = "abcd"
SENTENCES = st.lists(
    st.text(alphabet=ALPHABET, min_size=1, max_size=4), min_size=1, max_size=20
).map(lambda words: " ".join(words) + ".")


@given(SENTENCES, SENTENCES, st.booleans(), st.data())
def test_it_is_the_same_however_the_text_is_cut(
    said: str, more: str, instructed: bool, data: st.DataObject
):
    said = said[: data.draw(st.integers(0, len(said)))]
    more = data.draw(st.sampled_from(["", said, said[len(said) // 2 :]])) + more
    whole = resumed(said, more, instructed=instructed)
    assert resumed(said, *more, instructed=instructed) == whole


@given(st.lists(st.integers(1, 10**9), unique=True, min_size=2, max_size=30), st.data())
def test_no_word_is_lost_or_said_twice_whatever_is_repeated(
    numbers: list[int], data: st.DataObject
):
    """Each word is another one: a word that is there twice was said twice."""
    words = [f"w{number}x" for number in numbers]
    text = " ".join(words)
    cut = data.draw(st.integers(1, len(text) - 1))
    begin = data.draw(st.sampled_from([m.start() for m in re.finditer(r"\w+", text[:cut])]))
    assert words_of(resumed(text[:cut], text[begin:]) or "") == words


@given(st.text(max_size=60), st.text(max_size=200), st.booleans())
def test_what_is_said_is_what_came_without_its_beginning(said: str, more: str, instructed: bool):
    resumption = Resumption(said, instructed=instructed)
    out = "".join([*(resumption.push(c) for c in more), resumption.finish()])
    if not resumption.astray:
        assert more.rstrip().endswith(out.removeprefix("—").strip())


@given(st.text(max_size=60), st.text(max_size=400), st.booleans())
def test_no_more_is_held_back_than_was_said(said: str, more: str, instructed: bool):
    resumption = Resumption(said, instructed=instructed)
    letters = sum(c.isalnum() for c in said)
    given_out = sum(len(resumption.push(c)) for c in more)
    if not resumption.astray and not instructed:
        held = more[: len(more) - given_out]
        assert sum(c.isalnum() for c in held) <= 2 * letters + 1
