"""Numbers, money, percent and units in other languages than English, by num2words.

The one file that imports num2words, and only once a number is met in such a language.
"""

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from .english_numbers import MOST_DIGITS
from .rules import Group, Rule, Rules
from .spoken_text import Edit

_CURRENCIES = {"€": "euro", "$": "dollar", "£": "pound"}


@dataclass(frozen=True, slots=True)
class Table:
    """A language in `foreign.toml`, whose comments say what each field is."""

    group: str
    point: tuple[str, str] = ("", "")
    digitwise: bool = False
    ordinals: bool = False
    years: bool = False
    one: str = ""
    percent: tuple[str, str] = ("", "")
    and_cents: str = ""
    euro: tuple[str, str] = ("", "")
    dollar: tuple[str, str] = ("", "")
    pound: tuple[str, str] = ("", "")
    units: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])

    def after_number(self) -> dict[str, tuple[str, str]]:
        """Singular and plural of what may stand behind a number."""
        signs = {"%": self.percent}
        signs |= {sign: getattr(self, name) for sign, name in _CURRENCIES.items()}
        return self.units | {sign: words for sign, words in signs.items() if words[0]}


def foreign(base: str) -> Rules | None:
    """The rules of the language `base`; None where it has none."""
    table = _tables().get(base)
    if table is None:
        return None
    speaker = _Numbers(base, table)
    return Rules(r"\d€$£", [Group("", [Rule("amount", speaker.pattern(), speaker.speak)])])


@cache
def _tables() -> dict[str, Table]:
    text = Path(__file__).with_name("foreign.toml").read_text("utf-8")
    values: dict[str, Any] = tomllib.loads(text)
    return {base: Table(**table) for base, table in values.items()}


class _Numbers:
    """Says the numbers of one language. What it is not sure of is left as it is written."""

    def __init__(self, base: str, table: Table) -> None:
        self._base = base
        self._table = table
        self._nouns = table.after_number()

    def pattern(self) -> str:
        group, point = re.escape(self._table.group), re.escape(self._table.point[0])
        decimals = rf"(?:{point}(?P<decimals>\d{{1,9}}))?" if point else r"(?P<decimals>(?!))?"
        nouns = "|".join(map(re.escape, sorted(self._nouns, key=len, reverse=True))) or "(?!)"
        return (
            r"(?<![^\W_])(?<!\d[.,:/–-])(?<![-−])(?:(?P<before>[€$£])\s?)?"
            rf"(?P<whole>\d{{1,3}}(?:{group}\d{{3}})++(?!\d)|\d++){decimals}"
            rf"(?![.,:/–-]?\d)(?:\s?(?P<noun>{nouns}))?(?![^\W_]|\s?[€$£%°])"
        )

    def speak(self, match: re.Match[str]) -> Edit | None:
        whole = match["whole"].replace(self._table.group, "")
        noun = match["before"] or match["noun"]
        follows = match.string[match.end() : match.end() + 2]
        ordinal = self._table.ordinals and not noun and follows[:1] == "." and follows != "."
        if ordinal or len(whole) > MOST_DIGITS or (len(whole) > 1 and whole[0] == "0"):
            return None
        if (match["before"] and match["noun"]) or (noun and noun not in self._nouns):
            return None
        words = self._number(whole, match["decimals"], noun)
        return Edit(match.start(), match.end(), words) if words else None

    def _number(self, whole: str, decimals: str | None, noun: str | None) -> str:
        table = self._table
        if whole == "1" and not decimals:  # its gender depends on what is counted
            return f"{table.one} {self._nouns[noun][0]}" if noun and table.one else ""
        year = table.years and not (noun or decimals) and 1100 <= int(whole) <= 1999
        words = _words(int(whole), self._base, "year" if year else "cardinal")
        name = self._nouns[noun][1] if noun else ""
        if noun in _CURRENCIES and decimals:
            if len(decimals) != 2:
                return ""
            cents = _words(int(decimals), self._base) if int(decimals) else ""
            parts = [words, name, table.and_cents if cents else "", cents]
            return " ".join(filter(None, parts))
        if decimals:
            words += f" {table.point[1]} {self._decimals(decimals)}"
        return f"{words} {name}".strip()

    def _decimals(self, text: str) -> str:
        if self._table.digitwise or len(text) > 2 or text[0] == "0":
            return " ".join(_words(int(digit), self._base) for digit in text)
        return _words(int(text), self._base)


@lru_cache(maxsize=4096)
def _words(number: int, base: str, kind: str = "cardinal") -> str:
    """About 50 us the first time."""
    # Here: takes 0.1 s, and only where a number is met. It has no types.
    from num2words import num2words  # pyright: ignore

    return str(num2words(number, lang=base, to=kind))
