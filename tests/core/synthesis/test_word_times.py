"""Words of the text get the phonemes, and so the times, that speak them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.synthesis.word_times import (
    Spoken,
    WordSpan,
    align_words,
    moved,
    proportional_words,
    timed_words,
)
from skaldcast.core.types import WordTime


def said(*words: str) -> list[Spoken]:
    """Spoken words of as many phonemes as letters, one for the space between two."""
    spoken: list[Spoken] = []
    position = 0
    for word in words:
        spoken.append(Spoken(word, position, position + len(word)))
        position += len(word) + 1
    return spoken


def aligned(text: str, *words: str) -> list[tuple[str, str]]:
    """Each word of the text with what of the spoken line speaks it."""
    line = " ".join(words)
    spans = align_words(text, said(*words))
    return [(text[s.start : s.end], line[s.first : s.last]) for s in spans]


def test_words_spoken_as_written_are_matched_one_to_one() -> None:
    assert aligned("“The gate,” he said.", "The", "gate", "he", "said") == [
        ("The", "The"),
        ("gate", "gate"),
        ("he", "he"),
        ("said", "said"),
    ]


def test_a_numeral_gets_all_the_words_that_speak_it() -> None:
    assert aligned("in 1984 we", "in", "nineteen", "eighty", "four", "we") == [
        ("in", "in"),
        ("1984", "nineteen eighty four"),
        ("we", "we"),
    ]


def test_an_abbreviation_spoken_otherwise_keeps_its_neighbours_in_place() -> None:
    assert aligned("Prof. Grey spoke", "Professor", "Grey", "spoke") == [
        ("Prof", "Professor"),
        ("Grey", "Grey"),
        ("spoke", "spoke"),
    ]


def test_a_word_that_is_not_spoken_gets_no_phonemes() -> None:
    assert aligned("go 中文 now", "go", "now") == [("go", "go"), ("中文", ""), ("now", "now")]


def test_what_is_spoken_but_not_written_belongs_to_the_word_before() -> None:
    assert aligned("Henry came", "Henry", "the", "eighth", "came") == [
        ("Henry", "Henry the eighth"),
        ("came", "came"),
    ]


def test_words_joined_by_a_dash_are_two_and_by_a_hyphen_one() -> None:
    assert aligned("gate—old-fashioned", "gate", "old-fashioned") == [
        ("gate", "gate"),
        ("old-fashioned", "old-fashioned"),
    ]


@given(st.text("ab1 .,'—中", max_size=40), st.lists(st.text("ab1", min_size=1, max_size=5)))
def test_spans_are_in_order_and_do_not_overlap(text: str, words: list[str]) -> None:
    spans = align_words(text, said(*words))

    for before, after in pairwise(spans):
        assert before.end <= after.start
        assert before.first <= before.last <= after.first <= after.last
    if words and spans:
        assert spans[-1].last <= len(" ".join(words))


def test_phonemes_begin_after_the_pad_and_come_earlier_by_the_lag() -> None:
    ends_s = [0.3, 0.4, 0.5, 0.6, 0.7]

    words = timed_words([WordSpan(0, 2, 0, 2), WordSpan(3, 4, 3, 4)], ends_s, [], lag_s=0.05)

    assert words == (
        WordTime(0, 2, pytest.approx(0.25), pytest.approx(0.45)),
        WordTime(3, 4, pytest.approx(0.55), pytest.approx(0.65)),
    )


def test_no_word_begins_or_ends_in_a_pause() -> None:
    # The first word's end and the second one's beginning both fall into the pause.
    words = timed_words(
        [WordSpan(0, 2, 0, 1), WordSpan(3, 5, 2, 3)], [0.0, 0.9, 1.0, 1.5], [(0.6, 1.1)]
    )

    assert [(w.start_s, w.end_s) for w in words] == [(0.0, 0.6), (1.1, 1.5)]


def test_moved_words_stay_at_or_after_the_first_frame() -> None:
    words = moved([WordTime(0, 2, 0.1, 0.4), WordTime(3, 5, 0.5, 0.6)], -0.2)

    assert [(w.start_s, w.end_s) for w in words] == [
        (0.0, pytest.approx(0.2)),
        (pytest.approx(0.3), pytest.approx(0.4)),
    ]


def test_proportional_words_share_the_duration_by_characters() -> None:
    assert proportional_words("ab, 'cd'", 8.0) == (
        WordTime(0, 2, 0.0, 2.0),
        WordTime(5, 7, 5.0, 7.0),
    )


@pytest.mark.parametrize("text", ["", "...", " — "])
def test_text_without_words_has_no_word_times(text: str) -> None:
    assert proportional_words(text, 1.0) == ()
