"""hibari's reading of roman numerals, mended; its tables are the real ones."""

import importlib
import re

import pytest

from skaldcast.core.synthesis.roman_numerals import mend

normalize = importlib.import_module("hibari.g2p.normalize")


@pytest.fixture(autouse=True, scope="module")
def _mended() -> None:
    mend(normalize)
    mend(normalize)  # as a second synthesizer in the same process does


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Queen Isolde waited.", "Queen Isolde waited."),
        ("King Charles II came.", "King Charles the second came."),
        ("King Ivan and Queen Livia", "King Ivan and Queen Livia"),
        ("King CIVIL", "King CIVIL"),
        ("Henry VIII, Louis XIV", "Henry the eighth, Louis the fourteenth"),
        ("Charles I was king", "Charles the first was king"),
        ("Chapter IV. Chapter I begins.", "Chapter 4. Chapter 1 begins."),
        ("World War II ended", "World War 2 ended"),
        ("the book I read", "the book I read"),
        ("the part I like, the stage I know", "the part I like, the stage I know"),
        ("O King I beg you", "O King I beg you"),
        ("Class C, Type L", "Class C, Type L"),
        ("Level III and book IX", "Level 3 and book 9"),
        ("Peter Xavier met Leo Vance", "Peter Xavier met Leo Vance"),
    ],
)
def test_numerals_are_read_and_names_and_pronouns_left(written: str, read: str) -> None:
    assert normalize.normalize(written) == read


def test_unmended_hibari_has_the_fault() -> None:
    """Once this fails, the pinned hibari has changed and the mending may go."""
    fresh = importlib.util.module_from_spec(importlib.util.find_spec("hibari.g2p.normalize"))
    fresh.__loader__.exec_module(fresh)

    assert isinstance(fresh.RE_ROMAN_O, re.Pattern)
    assert fresh.normalize("Queen Isolde") == "Queen the zerothIsolde"
