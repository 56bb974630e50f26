"""Abbreviations, initialisms, Roman numerals and symbols in English."""

import re

from .english_numbers import cardinal, ordinal
from .english_tables import any_of, ends_sentence, tables, word_after, word_before
from .rules import Rule
from .spoken_text import Edit

_NUMERAL = re.compile(r"(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_TWO_WORDS = re.compile(r"([^\W\d_]+)\.? (?:[^\W\d_]+) \Z")
_NAME = re.compile(r"[^\W\d_]+\Z")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_")
_LOUD = re.compile(r"[A-Z]{4,}")


def word_rules() -> list[Rule]:
    """In the order in which they are to be tried."""
    table = tables()
    capitals = any_of(table.initialisms)
    symbols = "".join(symbol for symbol in table.symbols if symbol not in "&@=+")
    spaced = r"(?:(?<=\s)[=+<>](?=\s)|(?<=[^\W_])[=+](?=[^\W_]))"
    return [
        Rule("initialism", rf"(?<![^\W_])(?:{capitals})(?![^\W_])", _initialism),
        Rule("roman", r"(?<![\w.'’-])[IVXL]{1,7}(?![\w]|[.-]\w)(?=['’]s\b|(?!['’]))", _roman),
        Rule("dot", r"\.(?:%s)" % "|".join(_lookbehinds()), _abbreviation),
        Rule("versus", r"(?<![^\W_])vs(?= )", lambda m: Edit(m.start(), m.end(), "versus")),
        Rule("with", r"(?<=(?<![^\W_])w)/(?:o(?![^\W_]))?", _with),
        Rule("not_applicable", r"\bN/A\b", lambda m: Edit(m.start(), m.end(), "not applicable")),
        Rule("numbered", r"(?<![\w&])(?:#|№ ?|§§? ?)(?=\d)", _numbered),
        Rule("hashtag", r"(?<![\w&])#(?P<tag>[^\W\d]\w{0,60})", _hashtag),
        Rule("joined", r"(?<=[\w)\]\"”'’ ])[&@](?=[\w(\[\"“'‘ ])", _symbol),
        Rule("slash", r"(?<=[^\W\d_])/(?=[^\W\d_])", _slash),
        Rule("symbol", rf"[{re.escape(symbols)}]|{spaced}", _symbol),
        Rule("tilde", r"(?<![\w/~])~(?=\d)", lambda m: Edit(m.start(), m.end(), "about ")),
    ]


def _lookbehinds() -> list[str]:
    """Behind each abbreviation's full stop: looked for from there, as full stops are rare."""
    return [rf"(?<=(?<![\w.]){re.escape(word)}\.)" for word in tables().abbreviations]


def _initialism(match: re.Match[str]) -> Edit | None:
    text, word = match.string, match.group()
    start, end = match.span()
    after, before = word_after(text, end), word_before(text, start)
    if len(word) == 3 and (_is_loud(before) or _is_loud(after)):
        return None  # "THE CON MAN"
    words = tables().initialisms[word]
    if words == "hit points" and before == "" and re.search(r"(?<![\d.,])1 \Z", text[:start][-4:]):
        words = "hit point"
    if words.endswith(".") and text.startswith(".", end):
        end += 1
    return Edit(start, end, words)


def _is_loud(word: str) -> bool:
    return _LOUD.fullmatch(word) is not None and word not in tables().initialisms


def _roman(match: re.Match[str]) -> Edit | None:
    """Only where it surely is one, and never a lone "I"."""
    numeral, text, start = match.group(), match.string, match.start()
    if numeral == "I" or not _NUMERAL.fullmatch(numeral):
        return None
    before = re.search(r"([^\W\d_]+)\.? \Z", text[max(0, start - 40) : start])
    if before is None:
        return None
    word = before[1]
    if word in tables().roman["numbers"].split() and numeral != "L":
        return Edit(start, match.end(), cardinal(_value(numeral)))
    if not (word[0].isupper() and len(word) > 1) or "L" in numeral:
        return None
    if len(numeral) == 1 and not _titled(text, start):
        return None  # "Malcolm X"
    return Edit(start, match.end(), f"the {ordinal(_value(numeral))}")


def _titled(text: str, start: int) -> bool:
    earlier = _TWO_WORDS.search(text[max(0, start - 60) : start])
    return earlier is not None and earlier[1] in tables().roman["titles"].split()


def _value(numeral: str) -> int:
    values = [_VALUES[letter] for letter in numeral]
    return sum(
        -value if any(later > value for later in values[n + 1 : n + 2]) else value
        for n, value in enumerate(values)
    )


def _abbreviation(match: re.Match[str]) -> Edit | None:
    text, stop = match.string, match.start()
    begin = stop
    while begin and (text[begin - 1].isalpha() or text[begin - 1] == "."):
        begin -= 1
    word = text[begin:stop]
    if word not in tables().abbreviations:  # "et al"
        word = "et al"
        begin = stop - len(word)
    words, end = tables().abbreviations[word], match.end()
    kinds = tables().abbreviation_kinds
    following = text[end : end + 2]
    if word in kinds["before_name"].split() and not re.match(r"\s?[A-Z\"“]", following):
        return None
    if word in kinds["before_number"].split() and not re.match(r"\s?[\dIVX]", following):
        return None
    if word in ("min", "max", "temp", "lvl") and ends_sentence(text, end):
        return None
    if word in kinds["may_end"].split() and ends_sentence(text, end):
        end -= 1
    return Edit(begin, end, words)


def _with(match: re.Match[str]) -> Edit:
    return Edit(match.start() - 1, match.end(), "without " if match.group() == "/o" else "with ")


def _numbered(match: re.Match[str]) -> Edit:
    return Edit(match.start(), match.end(), "section " if "§" in match.group() else "number ")


def _hashtag(match: re.Match[str]) -> Edit:
    return Edit(match.start(), match.end(), "hashtag " + _CAMEL.sub(" ", match["tag"]))


def _slash(match: re.Match[str]) -> Edit:
    text, at = match.string, match.start()
    before, after = word_before(text, at), re.match(r"[^\W\d_]+", text[at + 1 : at + 33])
    if before.lower() == "and":
        return Edit(at, at + 1, " ")
    loud = before.isupper() and after is not None and after[0].isupper()
    return Edit(at, at + 1, ", " if loud and len(before) > 1 else " or ")


def _symbol(match: re.Match[str]) -> Edit | None:
    symbol, text = match.group(), match.string
    words = {"<": "less than", ">": "greater than"}.get(symbol) or tables().symbols[symbol]
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    left = " " if before.strip() else ""
    return Edit(match.start(), match.end(), left + words + (" " if after.isalnum() else ""))
