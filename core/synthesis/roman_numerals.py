"""Mends hibari 0.2.1's reading of roman numerals ("Queen Isolde", "the book I read")."""

import re
from collections.abc import Callable
from types import ModuleType

_PATTERNS = ("RE_ROMAN_C", "RE_ROMAN_O")
_TITLES = frozenset({"King", "Queen", "Pope"})


class RomanNumerals:
    """Stands in for one of hibari's two patterns and keeps only the matches that are numerals.

    hibari matches an empty numeral before any word that begins like one ("Queen Isolde" becomes
    "Queen the zerothIsolde"), and takes every lone I, L or C for a number.
    """

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self._pattern = pattern

    def sub(self, replace: Callable[[re.Match[str]], str], text: str) -> str:
        return self._pattern.sub(
            lambda match: replace(match) if _is_numeral(match) else match.group(0), text
        )


def mend(normalize: ModuleType) -> None:
    """Put the mended patterns into `hibari.g2p.normalize`; doing it twice changes nothing."""
    for name in _PATTERNS:
        pattern: re.Pattern[str] | RomanNumerals = getattr(normalize, name)
        if not isinstance(pattern, RomanNumerals):
            setattr(normalize, name, RomanNumerals(pattern))


def _is_numeral(match: re.Match[str]) -> bool:
    """Whether a match of hibari's `(word) (numeral)` is a number and not a name or a pronoun."""
    word, numeral = match.groups()
    if numeral in ("", "C", "L"):  # "Queen Isolde"; "Class C" is a letter
        return False
    goes_on = re.match(r" [a-z]", match.string[match.end() :]) is not None
    pronoun = numeral == "I" and goes_on and (word.islower() or word in _TITLES)
    return not pronoun  # "the book I read", "O King I beg you"; but "Chapter I begins"
