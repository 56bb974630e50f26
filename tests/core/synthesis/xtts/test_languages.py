"""Seventeen languages by whatever tag they are asked for, each with its limit."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from skaldcast.core.errors import SynthesizerError
from skaldcast.core.synthesis.xtts.languages import (
    MOST_CHARACTERS,
    expected_s,
    halves,
    limit,
    supported,
)


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("en", "en"),
        ("en-US", "en"),
        ("pt_BR", "pt"),
        ("zh", "zh-cn"),
        ("zh-Hans", "zh-cn"),
        ("ZH-CN", "zh-cn"),
    ],
)
def test_a_tag_finds_its_language(tag: str, name: str) -> None:
    assert supported(tag, MOST_CHARACTERS) == name


@pytest.mark.parametrize("tag", ["sv", "", "xx-YY"])
def test_a_language_that_is_not_spoken_is_told_with_those_that_are(tag: str) -> None:
    with pytest.raises(SynthesizerError, match="hi"):
        supported(tag, MOST_CHARACTERS)


def test_there_are_seventeen_languages_and_their_limits_take_about_as_long() -> None:
    assert len(MOST_CHARACTERS) == 17
    for language in MOST_CHARACTERS:
        assert expected_s("x" * limit(language), language) == pytest.approx(250 / 15)


def test_a_language_of_a_fine_tuned_model_has_a_careful_limit() -> None:
    assert limit("sv") == 150


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("one two three four", ("one two", "three four")),
        ("aaaa", ("aa", "aa")),
        ("one", ("on", "e")),
        ("He came in now. She did not, and went.", ("He came in now.", "She did not, and went.")),
        (
            "He came up to me, and then she went away",
            ("He came up to me,", "and then she went away"),
        ),
        ("A. Then nothing of note came for days", ("A. Then nothing of", "note came for days")),
        ("他来了。她没有看见他。", ("他来了。", "她没有看见他。")),
        ("他昨天来了，她没有看见", ("他昨天来了，", "她没有看见")),
    ],
)
def test_a_text_is_halved_behind_sentences_or_clauses_else_words_where_it_can_be(
    text: str, parts: tuple[str, str]
) -> None:
    assert halves(text) == parts


@given(st.text(st.sampled_from("ab .,!。，"), min_size=2))
def test_halves_are_the_text_and_shorter_than_it(text: str) -> None:
    text = text.strip()
    assume(len(text) > 1)
    first, second = halves(text)

    assert "".join((first + second).split()) == "".join(text.split())
    assert len(first) < len(text)
    assert len(second) < len(text)
