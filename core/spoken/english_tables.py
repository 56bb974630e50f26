"""The tables of `english.toml`, and what the English rules share."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

NUMBER = r"(?:\d{1,3}(?:,\d{3})++(?!\d)|\d++)(?:\.\d++)?+(?![.,]?\d)"
"""With thousands' commas or a decimal point."""
LEFT = r"(?<![^\W_])(?<!\d[.,:])"
"""No letter or digit before it, nor a number that goes on."""
RIGHT = r"(?![^\W_])"
SIGN = r"(?<![\w)\].'’”\"%°+\-−])[+\-−±]"
"""Behind nothing that it could divide from the number."""
SIGNS = {"": "", "+": "plus ", "-": "minus ", "−": "minus ", "±": "plus or minus "}
_SENTENCE_END = re.compile(r"[\"'”’)\]]*(?:\s*\Z|\s+[\"'“‘(\[]*[A-Z])")


@dataclass(frozen=True, slots=True)
class Tables:
    """`english.toml`, whose comments say what each table is."""

    units: dict[str, list[str]]
    dotted_units: frozenset[str]
    currencies: dict[str, list[str]]
    scales: dict[str, str]
    months: dict[str, str]
    initialisms: dict[str, str]
    abbreviations: dict[str, str]
    abbreviation_kinds: dict[str, frozenset[str]]
    symbols: dict[str, str]
    roman: dict[str, frozenset[str]]
    years: dict[str, frozenset[str]]


@cache
def tables() -> Tables:
    text = Path(__file__).with_name("english.toml").read_text("utf-8")
    values: dict[str, Any] = tomllib.loads(text)
    for name in ("abbreviation_kinds", "roman", "years"):
        values[name] = {key: frozenset(words.split()) for key, words in values[name].items()}
    values["dotted_units"] = frozenset(values["dotted_units"]["units"].split())
    return Tables(**values)


def any_of(words: Iterable[str]) -> str:
    """An expression for one of the words, the longest that fits."""
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    return "(?:" + "|".join(map(re.escape, ordered)) + ")"


def ends_sentence(text: str, end: int) -> bool:
    """Whether a sentence ends before `end`, by what follows."""
    return _SENTENCE_END.match(text, end) is not None


def word_after(text: str, end: int) -> str:
    """The word behind `end` after one space, empty where something else is there."""
    match = _WORD_AFTER.match(text, end)
    return match[1] if match else ""


def word_before(text: str, start: int) -> str:
    """The word before `start`, with one space, comma or hyphen between."""
    match = _WORD_BEFORE.search(text, max(0, start - 32), start)
    return match[1] if match else ""


_WORD_AFTER = re.compile(r"[ \-]([^\W\d_]+)")
_WORD_BEFORE = re.compile(r"([^\W\d_]+)[.,]? ?\Z")
