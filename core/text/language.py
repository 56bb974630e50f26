"""The boundary tables: what the chunker knows of a language, as data in `languages.toml`.

The marks of all scripts are known in every language, so a Japanese sentence in an English text
is divided as well; what differs are abbreviations, conjunctions and a few habits.
"""

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

TERMINATORS = ".!?…‥؟۔।"
"""End a sentence before a space."""
FULL_TERMINATORS = "。！？｡．"
"""End a sentence without a space."""
PAUSES = ";:,،؛"
FULL_PAUSES = "，、；：､"
CLOSERS = "\"'”’“‘»«›‹)]}」』）】》〉*_"
"""May stand between a mark and the space; “ ‘ « close in German."""
FULL_CLOSERS = "」』）】》〉"
OPENERS = "\"'“‘„‚«‹»›([{「『（【《〈¿¡*_"
_FIRST = (
    '\n\u2029—―–-"”“»)]}' + TERMINATORS + FULL_TERMINATORS + PAUSES + FULL_PAUSES + FULL_CLOSERS
)
"""What the marks begin with, conjunctions aside."""
CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff"
"""Scripts without spaces, as the inside of a character class."""
HIRAGANA = "\u3040-\u309f"
"""Of those, the one that particles are written in."""
NO_BREAK = frozenset("\u00a0\u202f\u2007\u2060\ufeff")
"""Spaces at which a line, and so a chunk, must not end."""


@dataclass(frozen=True, slots=True)
class Language:
    """What depends on the language. All words are in lower case but the titles."""

    titles: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()
    may_end: frozenset[str] = frozenset()
    before_number: frozenset[str] = frozenset()
    also_words: frozenset[str] = frozenset()
    starters: frozenset[str] = frozenset()
    conjunctions: frozenset[str] = frozenset()
    relatives: frozenset[str] = frozenset()
    modifiers: frozenset[str] = frozenset()
    clinging: frozenset[str] = frozenset()
    prepositions: frozenset[str] = frozenset()
    after_number: frozenset[str] = frozenset()
    before_amount: frozenset[str] = frozenset()
    ordinals: bool = False
    spaced_closers: str = ""
    pattern: re.Pattern[str] = field(default_factory=lambda: _pattern(frozenset(), ""))
    """Finds every mark; the name of the group tells its kind."""
    favoured: re.Pattern[str] = field(default_factory=lambda: _favoured(frozenset()))
    """Finds every place between words that has points, and others."""


def language(tag: str) -> Language:
    """The tables for a BCP 47 tag; for an unknown language the marks alone."""
    table = _tables()
    base = tag.lower().replace("_", "-").partition("-")[0]
    return _language(base if base in table else "default")


@cache
def _tables() -> dict[str, dict[str, str | bool]]:
    path = Path(__file__).with_name("languages.toml")
    return tomllib.loads(path.read_text("utf-8"))


@cache
def _language(base: str) -> Language:
    table = _tables()[base]

    def words(key: str) -> frozenset[str]:
        return frozenset(str(table.get(key, "")).split())

    spaced = str(table.get("spaced_closers", ""))
    return Language(
        titles=words("titles"),
        never=words("never"),
        may_end=words("may_end"),
        before_number=words("before_number"),
        also_words=words("also_words"),
        starters=words("starters"),
        conjunctions=words("conjunctions"),
        relatives=words("relatives"),
        modifiers=words("modifiers") | words("conjunctions"),
        clinging=words("clinging"),
        prepositions=words("prepositions"),
        after_number=words("after_number"),
        before_amount=words("before_amount"),
        ordinals=bool(table.get("ordinals", False)),
        spaced_closers=spaced,
        pattern=_pattern(words("conjunctions"), spaced),
        favoured=_favoured(words("prepositions")),
    )


def _pattern(conjunctions: frozenset[str], spaced_closers: str) -> re.Pattern[str]:
    """One expression for all marks.

    Every repeat is bounded and possessive, and a run is entered at its first character only:
    that keeps the search linear on a megabyte of dots, dashes or quotes. The first character is
    looked at before any alternative is tried: prose is then searched in a quarter of the time.
    """
    term, full, closer = map(re.escape, (TERMINATORS, FULL_TERMINATORS, CLOSERS))
    close = f"[{closer}]"
    if spaced_closers:
        close = rf"(?:{close}|[ \u00a0\u202f][{re.escape(spaced_closers)}])"
    space = rf"(?=\s|[{CJK}]|\Z)"
    no_full = re.escape(FULL_TERMINATORS + FULL_PAUSES + FULL_CLOSERS)
    kinds = {
        "paragraph": r"\n[^\S\n]*+\n\s*+|\u2029\s*+",
        "sentence": (
            rf"(?<![{term}])[{term}](?:[ \u00a0\u202f]?[{term}]){{0,60}}+{close}{{0,8}}+{space}"
        ),
        "full_sentence": rf"(?<![{full}])[{full}]{{1,60}}+[{closer}]{{0,8}}+",
        "pause": rf"[{re.escape(PAUSES)}]{close}{{0,8}}+{space}",
        "full_pause": rf"[{re.escape(FULL_PAUSES)}][{closer}]{{0,8}}+",
        "dash": rf"(?:[—―]{{1,8}}+|–|(?<!-)-{{2,8}}+(?!-)|(?<=\s)-(?=\s|\Z)){close}{{0,8}}+",
        "bracket": rf"(?<![\s{closer}{term}{re.escape(PAUSES)}])[\"”“»)\]}}]{{1,8}}+{space}",
        "full_bracket": rf"(?<![{no_full}])[{FULL_CLOSERS}]{{1,8}}+",
    }
    first = re.escape(_FIRST)
    marks = "|".join(f"(?P<{kind}>{text})" for kind, text in kinds.items())
    return re.compile(rf"(?=[{first}])(?:{marks})" + _conjunction_pattern(conjunctions))


def _conjunction_pattern(conjunctions: frozenset[str]) -> str:
    """One more alternative, if there are any."""
    if not conjunctions:
        return ""
    plain = "|".join(sorted(word for word in conjunctions if not word.endswith("'")))
    elided = "|".join(sorted(word[:-1] for word in conjunctions if word.endswith("'")))
    elided = rf"|(?:{elided})(?=['’])" if elided else ""
    return rf"|(?P<conjunction>(?<=\s)(?:(?:{plain})(?=\s){elided}))"


def _favoured(prepositions: frozenset[str]) -> re.Pattern[str]:
    """After a particle or before a preposition."""
    words = "|".join(sorted(prepositions))
    before = rf"|\s(?i:{words})(?!\S)" if words else ""
    return re.compile(rf"[{HIRAGANA}](?![{HIRAGANA}])" + before)
