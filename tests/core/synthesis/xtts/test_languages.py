"""Seventeen languages by whatever tag they are asked for, each with its limit."""

import pytest

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
    ],
)
def test_a_text_is_halved_between_words_where_it_can_be(text: str, parts: tuple[str, str]) -> None:
    assert halves(text) == parts
