"""Abbreviations, initialisms, Roman numerals and symbols in English."""

import re

from .english_numbers import cardinal, ordinal
from .english_tables import RIGHT, ends_sentence, tables, word_after, word_before
from .rules import Rule
from .spoken_text import Edit

_NUMERAL = re.compile(r"(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_TWO_WORDS = re.compile(r"([^\W\d_]+)\.? (?:[^\W\d_]+) \Z")
_ONE = re.compile(r"(?<![\d.,])1 \Z")
_NAMED = re.compile(r"([^\W\d_]+)\.? \Z")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_")
_NUMBER = re.compile(r"\s?(?:\d|(?!I\b)[IVXL]+\b)")
_OPENERS = "(“\"‘'[/"
_LONGEST = 6
"""Characters of an abbreviation."""
_LOUD = re.compile(r"[A-Z]{3,}")


def capital_rules() -> list[Rule]:
    """Those that begin with a capital."""
    return [
        Rule("numeral", r"(?<![.'’-])[IVXL]{1,7}(?![\w]|[.-]\w)(?=['’]s\b|(?!['’]))", _roman),
        Rule("initialism", rf"(?:[A-Z]{{2,5}}s?|AoE){RIGHT}", _initialism),
        Rule("not_applicable", r"N/A\b", lambda match: _edit(match, "not applicable")),
    ]


def dot_rule() -> Rule:
    """Begins with the full stop behind an abbreviation."""
    return Rule("dot", rf"(?<!\w{{{_LONGEST + 1}}})\.(?=\s|\Z|[,;:)\]\"”'’—-]|\d)", _abbreviation)


def symbol_rules() -> list[Rule]:
    """Those that begin with a symbol."""
    symbols = "".join(symbol for symbol in tables().symbols if symbol not in "&@=+")
    spaced = r"(?:(?<=\s)[=+<>](?=\s)|(?<![^\s(])[<>](?=\d)|(?<=[^\W_])[=+](?=[^\W_]))"
    return [
        Rule("with", r"(?<=(?<![^\W_])w)/(?:o(?![^\W_]))?", _with),
        Rule("spaced_slash", r"(?<=\S )/(?= \S)", lambda m: Edit(m.start() - 1, m.end(), ",")),
        Rule("slash", r"(?<=[^\W\d_])/(?=[^\W\d_])", _slash),
        Rule("numbered", r"(?<![\w&])(?:#|№ ?|§§? ?)(?=\d)", _numbered),
        Rule("hashtag", r"(?<![\w&])#(?P<tag>[^\W\d]\w{0,60})", _hashtag),
        Rule("joined", r"(?<=[\w)\]\"”'’ ])[&@](?=[\w(\[\"“'‘ ])", _symbol),
        Rule("symbol", rf"[{re.escape(symbols)}]|{spaced}", _symbol),
        Rule("tilde", r"(?<![\w/~])~(?=\d)", lambda match: _edit(match, "about")),
    ]


def versus_rule() -> Rule:
    """Begins with a "v"."""
    return Rule("versus", r"vs(?= )", lambda match: _edit(match, "versus"))


def _initialism(match: re.Match[str]) -> Edit | None:
    text, word = match.string, match.group()
    start, end = match.span()
    if word not in tables().initialisms:
        return None
    after, before = word_after(text, end), word_before(text, start)
    if len(word) == 3 and (_is_loud(before) or _is_loud(after)):
        return None  # "THE CON MAN"
    words = tables().initialisms[word]
    if words == "hit points" and _ONE.search(text, max(0, start - 4), start):
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
    before = _NAMED.search(text, max(0, start - 40), start)
    if before is None:
        return None
    word = before[1]
    if word in tables().roman["numbers"] and numeral != "L":
        return Edit(start, match.end(), cardinal(_value(numeral)))
    plain_word = word.lower() in tables().years["goes_on"]
    if plain_word or not (word[0].isupper() and len(word) > 1) or "L" in numeral:
        return None
    if len(numeral) == 1 and not _titled(text, start):
        return None  # "Malcolm X"
    return Edit(start, match.end(), f"the {ordinal(_value(numeral))}")


def _titled(text: str, start: int) -> bool:
    earlier = _TWO_WORDS.search(text, max(0, start - 60), start)
    return earlier is not None and earlier[1] in tables().roman["titles"]


def _value(numeral: str) -> int:
    values = [_VALUES[letter] for letter in numeral]
    return sum(
        -value if any(later > value for later in values[n + 1 : n + 2]) else value
        for n, value in enumerate(values)
    )


def _abbreviation(match: re.Match[str]) -> Edit | None:
    text, stop = match.string, match.start()
    least, table = max(0, stop - _LONGEST - 4), tables()
    begin = max(text.rfind(" ", least, stop), text.rfind("—", least, stop), least - 1) + 1
    word = text[begin:stop].lstrip(_OPENERS)
    begin = stop - len(word)
    if word == "al" and text[max(0, begin - 3) : begin] == "et ":
        begin -= 3
        word = "et al"
    words, end = table.abbreviations.get(word), match.end()
    if words is None:
        return None
    following = text[end : end + 2]
    if word == "St" and word_after(text, end).lower() in table.years["goes_on"]:
        return Edit(begin, end - ends_sentence(text, end), "Street")
    if word in table.abbreviation_kinds["before_name"] and not re.match(r"\s?[A-Z\"“]", following):
        return None
    if word in table.abbreviation_kinds["before_number"] and not _NUMBER.match(text, end):
        return None
    if word in ("min", "max", "temp", "lvl") and ends_sentence(text, end):
        return None
    if word in table.abbreviation_kinds["may_end"] and ends_sentence(text, end):
        end -= 1
    return Edit(begin, end, words)


def _with(match: re.Match[str]) -> Edit:
    return Edit(match.start() - 1, match.end(), "without" if match.group() == "/o" else "with")


def _numbered(match: re.Match[str]) -> Edit:
    return Edit(match.start(), match.end(), "section" if "§" in match.group() else "number")


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


def _edit(match: re.Match[str], words: str) -> Edit:
    return Edit(match.start(), match.end(), words)
