"""What a line of a script begins with: a heading, a list's mark, a rule, or nothing of that kind.

The marks are Markdown's (CommonMark 0.31), as far as language models write them.
"""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from .look import Look

LINE: Final = 100
"""So far a line is looked at to tell whether it is nothing but marks."""
_INDENT = re.compile(r"[^\S\n]*")
_MARKS = frozenset("-*_=~#•·⁂—–")
_FEWEST = {"#": 1, "⁂": 1, "~": 1, "*": 1, "—": 1, "–": 1, "-": 1, "•": 1, "·": 1, "_": 3, "=": 3}
"""Of so many of a mark alone on a line a scene break is made."""
_NUMBER = re.compile(r"\d{0,4}")
_HASHES = re.compile(r"#*")
_REST = re.compile(r"[^\n]*")


class LineKind(Enum):
    """What a line begins with."""

    TEXT = "text"
    BLANK = "blank"
    HEADING = "heading"
    RULE = "rule"
    ITEM = "item"
    BLOCK_QUOTE = "block quote"
    UNSPOKEN = "unspoken"
    FENCE = "fence"


@dataclass(frozen=True, slots=True)
class LineMark:
    """The mark at a line's start."""

    kind: LineKind
    begin: int
    """Where it begins, behind the indent."""
    end: int
    """Where what follows it begins; of `RULE` and `BLANK`, the next line."""


def line_mark(look: Look, at: int) -> LineMark:
    """The mark of the line that begins at `at`; raises `NeedMore`."""
    begin = at
    first = look.char(at)
    if first.isspace() and first != "\n":
        begin = look.run(_INDENT, at, LINE).end()
        first = look.char(begin)
    if first.isalpha():
        return LineMark(LineKind.TEXT, begin, begin)
    if first == "\n":
        return LineMark(LineKind.BLANK, begin, begin + 1)
    if first in _MARKS:
        mark = _rule(look, begin, first)
        if mark is not None:
            return mark
    match first:
        case "#":
            return _heading(look, begin)
        case "-" | "*" | "+" | "•" if look.char(begin + 1) in (" ", "\t"):
            return LineMark(LineKind.ITEM, begin, begin + 2)
        case ">":
            return LineMark(LineKind.BLOCK_QUOTE, begin, begin + 1)
        case "|":
            return LineMark(LineKind.UNSPOKEN, begin, begin)
        case "/" if look.char(begin + 1) == "/":
            return LineMark(LineKind.UNSPOKEN, begin, begin)
        case "`" if look.char(begin + 1) == "`" and look.char(begin + 2) == "`":
            end = look.run(_REST, begin, LINE).end()
            return LineMark(LineKind.FENCE, begin, end)
        case _ if "0" <= first <= "9":
            return _numbered(look, begin)
        case _:
            return LineMark(LineKind.TEXT, begin, begin)


def _rule(look: Look, begin: int, first: str) -> LineMark | None:
    """A line of one mark only: a scene break; None where there is anything else on it."""
    end = begin
    while end - begin < LINE:
        character = look.char(end)
        if character in ("", "\n"):
            enough = look.text.count(first, begin, end) >= _FEWEST[first]
            return LineMark(LineKind.RULE, begin, min(end + 1, len(look.text))) if enough else None
        if character != first and not character.isspace():
            return None
        end += 1
    return None


def _heading(look: Look, begin: int) -> LineMark:
    end = look.run(_HASHES, begin, 7).end()
    if end - begin <= 6 and look.char(end) in (" ", "\t"):
        return LineMark(LineKind.HEADING, begin, end + 1)
    return LineMark(LineKind.TEXT, begin, begin)


def _numbered(look: Look, begin: int) -> LineMark:
    """The number of a list's item; it is spoken, for players choose by it."""
    match = _NUMBER.match(look.text, begin)
    assert match is not None
    end = match.end()
    if end - begin < 4 and look.guess(end) in (".", ")") and look.guess(end + 1) in (" ", "\t"):
        return LineMark(LineKind.ITEM, begin, begin)
    return LineMark(LineKind.TEXT, begin, begin)
