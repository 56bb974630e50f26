"""The languages of XTTS v2, and how much of each the model can speak in one go. Plain."""

import re
from collections.abc import Iterable
from math import ceil

from ...errors import SynthesizerError

MOST_CHARACTERS = {
    "en": 250,
    "de": 253,
    "fr": 273,
    "es": 239,
    "it": 213,
    "pt": 203,
    "pl": 224,
    "zh-cn": 82,
    "ar": 166,
    "cs": 186,
    "ru": 182,
    "nl": 251,
    "tr": 226,
    "ja": 71,
    "hu": 224,
    "ko": 95,
    "hi": 150,
}
"""Upstream's limits: beyond them the model tends to swallow the end."""
_DEFAULT_LIMIT = 150
ENGLISH_CHARACTERS_PER_S = 15.0
"""Of read speech. The limits above are about as long in seconds, in each language."""
_ENGLISH_LEAST = 20
"""Three words. On less the model is prone to speak on behind the end, or something else."""


def supported(tag: str, languages: Iterable[str]) -> str:
    """The name that XTTS has for the BCP 47 `tag`; raises `SynthesizerError` where it has none."""
    known = {name.lower(): name for name in languages}
    wanted = tag.lower().replace("_", "-")
    base = wanted.partition("-")[0]
    for name in (wanted, base, *(n for n in known if n.partition("-")[0] == base)):
        if name in known:
            return known[name]
    raise SynthesizerError(
        f"XTTS does not speak {tag!r}; its languages are {', '.join(known.values())}"
    )


def limit(language: str) -> int:
    """Characters of a chunk at most."""
    return MOST_CHARACTERS.get(language, _DEFAULT_LIMIT)


def least(language: str) -> int:
    """Characters of a chunk that is spoken well, at least: about as much speech in each."""
    return ceil(_ENGLISH_LEAST * limit(language) / MOST_CHARACTERS["en"])


_SPELT = 6
"""Letters that a digit or a sign such as $ stands for: "1984" is read as twenty."""


def expected_s(text: str, language: str) -> float:
    """About how long the text is, spoken."""
    per_s = ENGLISH_CHARACTERS_PER_S * limit(language) / MOST_CHARACTERS["en"]
    spelt = sum(c.isdecimal() or c in "$€£%&@#+=§°" for c in text)
    return (len(text) + (_SPELT - 1) * spelt) / per_s


_CUTS = (
    re.compile(r"(?<=[.!?;:])\s+|(?<=[。！？；：])(?!$)"),
    re.compile(r"(?<=[,)])\s+|(?<=[，、])(?!$)"),
)
"""Where a text is best cut: behind a sentence, else behind a clause."""
_SPACE = re.compile(r"\s+")


def halves(text: str) -> tuple[str, str]:
    """The text cut in two: behind a sentence or clause in its middle half, else between words,
    near its middle, where there are some."""
    middle = ceil(len(text) / 2)
    for cuts in _CUTS:
        near = [match.start() for match in cuts.finditer(text)]
        near = [place for place in near if abs(place - middle) <= len(text) / 4]
        if near:
            break
    else:
        near = [match.start() for match in _SPACE.finditer(text)]
    cut = min(near, key=lambda place: abs(place - middle), default=middle)
    return text[:cut].strip(), text[cut:].strip()
