"""Dates and times of day in English."""

import re

from .english_numbers import cardinal, ordinal, year
from .english_tables import RIGHT, any_of, ends_sentence, tables
from .rules import Rule
from .spoken_text import Edit

_ALSO_WORDS = ("May", "March", "Mar")


_SUFFIX = "(?:st|nd|rd|th)?"


def date_rules() -> list[Rule]:
    """Those that begin with a digit, in the order in which they are to be tried."""
    month = any_of(_months())
    return [
        Rule(
            "iso",
            rf"(?P<iso_y>\d{{4}})(?P<iso>[-/])(?P<iso_m>\d{{2}})(?P=iso)(?P<iso_d>\d{{2}})(?![-/]?\d){RIGHT}",
            _iso,
        ),
        Rule(
            "slashed",
            rf"(?<!/)(?P<slash_a>\d{{1,2}})(?P<slash>[/.])(?P<slash_b>\d{{1,2}})(?P=slash)(?P<slash_y>\d{{4}})(?!/?\d){RIGHT}",
            _slashed,
        ),
        Rule(
            "day_month",
            rf"(?P<dm_day>\d{{1,2}}){_SUFFIX} (?:of )?(?P<dm_month>{month})\.?{RIGHT}"
            r"(?:,? (?P<dm_year>\d{3,4})(?!,?\d|[^\W_]))?",
            _day_month,
        ),
        Rule(
            "clock",
            rf"(?P<hour>\d{{1,2}}):(?P<minute>\d{{2}})(?::(?P<second>\d{{2}}))?(?![:\d])"
            rf"(?:\s?(?P<clock_half>[AaPp])\.?[Mm]\b\.?)?{RIGHT}",
            _clock,
        ),
        Rule("ratio", rf"(?P<ratio_a>\d{{1,4}}):(?P<ratio_b>\d{{1,4}})(?![:\d]){RIGHT}", _ratio),
        Rule("half_day", rf"(?P<hours>\d{{1,2}})\s?(?P<half>[AaPp])\.?[Mm]\b\.?{RIGHT}", _hour),
    ]


def month_rule() -> Rule:
    """Begins with the month."""
    return Rule(
        "month_day",
        rf"(?P<md_month>{any_of(_months())})\.? (?P<md_day>\d{{1,2}})(?P<md_suffix>{_SUFFIX})"
        rf"(?![\d:%/]|[.,]\d){RIGHT}(?P<md_year>,? \d{{3,4}}(?!,?\d|[^\W_]))?",
        _month_day,
    )


def _months() -> dict[str, str]:
    """Each month's name by each of its written forms."""
    names: dict[str, str] = {}
    for name, short in tables().months.items():
        names |= dict.fromkeys([name, *short.split()], name)
    return names


def _date(day: int, month: int, its_year: int) -> str | None:
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return None
    name = list(tables().months)[month - 1]
    return f"the {ordinal(day)} of {name} {year(its_year)}"


def _iso(match: re.Match[str]) -> Edit | None:
    words = _date(int(match["iso_d"]), int(match["iso_m"]), int(match["iso_y"]))
    return Edit(match.start(), match.end(), words) if words else None


def _slashed(match: re.Match[str]) -> Edit | None:
    """With slashes as an American writes it, where it can be read so; with full stops not."""
    first, second, its_year = int(match["slash_a"]), int(match["slash_b"]), int(match["slash_y"])
    if match["slash"] == ".":
        first, second = second, first
    words = _date(second, first, its_year) or _date(first, second, its_year)
    return Edit(match.start(), match.end(), words) if words else None


def _day_month(match: re.Match[str]) -> Edit | None:
    day = int(match["dm_day"])
    if not 1 <= day <= 31:
        return None
    start = match.start()
    the = match.string[max(0, start - 4) : start]
    if the in ("the ", "The "):
        start -= 4
    words = f"{'The' if the == 'The ' else 'the'} {ordinal(day)} of {_months()[match['dm_month']]}"
    if match["dm_year"]:
        words += f" {year(int(match['dm_year']))}"
    end = match.end()
    if match.string[end - 1] == "." and ends_sentence(match.string, end):
        end -= 1
    return Edit(start, end, words)


def _month_day(match: re.Match[str]) -> Edit | None:
    day, its_year, month = int(match["md_day"]), match["md_year"], match["md_month"]
    if not 1 <= day <= 31:
        return None
    goes_on = re.match(r" [a-z]", match.string[match.end() : match.end() + 2])
    if month in _ALSO_WORDS and goes_on and not its_year and not match["md_suffix"]:
        return None  # "May 5 heroes enter?"
    words = f"{_months()[month]} {ordinal(day)}"
    if its_year:
        words += ("," if its_year[0] == "," else "") + f" {year(int(its_year.strip(', ')))}"
    return Edit(match.start(), match.end(), words)


def _clock(match: re.Match[str]) -> Edit | None:
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    if hour > 24 or minute > 59 or second > 59:
        return _said(match, f"{cardinal(hour)} to {cardinal(minute)}", None)
    words = cardinal(hour)
    if minute:
        words += f" {'oh ' if minute < 10 else ''}{cardinal(minute)}"
    elif not match["clock_half"] and not second:
        words += " o'clock"
    if second:
        words += f" and {cardinal(second)} second{'' if second == 1 else 's'}"
    return _said(match, words, match["clock_half"])


def _ratio(match: re.Match[str]) -> Edit | None:
    return _said(
        match, f"{cardinal(int(match['ratio_a']))} to {cardinal(int(match['ratio_b']))}", None
    )


def _hour(match: re.Match[str]) -> Edit | None:
    return _said(match, cardinal(int(match["hours"])), match["half"])


def _said(match: re.Match[str], words: str, half: str | None) -> Edit:
    """The full stops of "P.M." are kept: a voice reads "AM" as the word."""
    return Edit(match.start(), match.end(), f"{words} {half.upper()}.M." if half else words)
