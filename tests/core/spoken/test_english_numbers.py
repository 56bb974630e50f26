"""Numbers in words are those of num2words, without its commas."""

import random

import pytest
from num2words import num2words

from skaldcast.core.spoken.english_numbers import cardinal, ordinal, plural, year

SOME = [*range(130), *(random.Random(0).randrange(10**15) for _ in range(150)), 1000, 10**6, 10**12]


@pytest.mark.parametrize("kind", [cardinal, ordinal])
def test_they_are_as_num2words_says_them(kind: object) -> None:
    assert callable(kind)
    for number in SOME:
        assert kind(number) == num2words(number, to=kind.__name__).replace(",", "")


def test_years_are_as_num2words_says_them() -> None:
    for number in range(1000, 2100):
        assert year(number) == num2words(number, to="year").replace("oh-", "oh ").replace(",", "")


def test_plurals() -> None:
    assert [plural(w) for w in ("six", "ninety", "hundred")] == ["sixes", "nineties", "hundreds"]
