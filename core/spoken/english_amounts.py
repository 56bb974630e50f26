"""Amounts in English: numbers with a sign, a unit or a currency, ranges, fractions, dice."""

import re

from .english_numbers import cardinal, digits, is_one, ordinal, plural, spoken_number, year
from .english_tables import (
    LEFT,
    NUMBER,
    RIGHT,
    SIGN,
    SIGNS,
    any_of,
    ends_sentence,
    tables,
    word_after,
    word_before,
)
from .rules import Rule
from .spoken_text import Edit

_VULGAR = "½⅓⅔¼¾⅕⅛⅜⅝⅞"
_DENOMINATORS = {2: "half", 4: "quarter"}
_YEAR_BEFORE = frozenset(
    "in since by until till from before after around circa year early late mid between to "
    "spring summer autumn fall winter january february march april may june july august "
    "september october november december anno of".split()
)
_YEAR_AFTER = frozenset("AD BC CE BCE DR AR".split())
_FUNCTION_WORDS = frozenset(
    "a an the and or but nor was were is are had has have he she it they we you i his her its "
    "their our my this that these those when while as at by for from in into of on to with who "
    "which where because though until since after before if then there not did saw came began "
    "brought marked would will could can".split()
)
_JOINTS = {"-": "to", "–": "to", "—": "to", "x": "by", "×": "times"}
_KEEPS = {"kh": "keep the highest", "kl": "keep the lowest", "dh": "drop the highest",
          "dl": "drop the lowest", "k": "keep the highest", "d": "drop the lowest"}  # fmt: skip
_OPERATORS = {"+": "plus", "-": "minus", "−": "minus", "–": "minus", "x": "times", "×": "times",
              "*": "times", "/": "divided by"}  # fmt: skip
_DIE = r"[dD](?:\d{1,4}|%)(?:[kd][hl]?\d{0,3}|!)?"
_TAIL = rf"(?:\s?[+\-−–×*/x]\s?(?:\d{{0,3}}{_DIE}|\d{{1,4}}(?![\d/]))(?![^\W_])){{0,12}}"
_DIE_PART = re.compile(
    r"(?P<operator>[+\-−–×*/x])|(?P<count>\d*)[dD](?P<sides>\d+|%)"
    r"(?:(?P<keep>[kd][hl]?)(?P<kept>\d*))?(?P<explode>!?)|(?P<number>\d+)"
)


def amount_rules() -> list[Rule]:
    """In the order in which they are to be tried."""
    table = tables()
    unit = any_of(table.units)
    scale = any_of(table.scales)
    money = any_of(table.currencies)
    return [
        Rule("dice", rf"{LEFT}\d{{1,4}}{_DIE}{_TAIL}(?:['’]?s)?{RIGHT}", _dice),
        Rule("die", rf"(?<=(?<![^\W_])[dD])(?:\d{{1,4}}|%)(?:![kd])?{_TAIL}(?:['’]?s)?{RIGHT}", _die),
        Rule("dotted", rf"{LEFT}\d{{1,5}}(?:\.\d{{1,5}}){{2,8}}(?!\.?\d){RIGHT}", _dotted),
        Rule("phone", rf"{LEFT}(?<![-–])(?:\d{{3}}-)?\d{{3}}-\d{{4}}(?![-–]){RIGHT}", _phone),
        Rule("ordinal", rf"{LEFT}(?:\d{{1,3}}(?:,\d{{3}}){{1,4}}|\d{{1,15}})(?:st|nd|rd|th){RIGHT}", _ordinal),
        Rule("decade", rf"{LEFT}(?:\d{{2}})?\d0['’]?s{RIGHT}", _decade),
        Rule(
            "fraction",
            rf"(?P<fraction_sign>{SIGN}){LEFT}(?<!/)(?:(?P<fraction_whole>\d{{1,6}}) (?=\d{{1,2}}/\d))?"
            rf"(?P<numerator>\d{{1,6}})/(?P<denominator>\d{{1,6}})(?![/.,]?\d)"
            rf"(?:(?P<fraction_gap>[ \-]?)(?P<fraction_unit>{unit})(?![^\W_]))?{RIGHT}",
            _fraction,
        ),
        Rule(
            "feet",
            rf"{LEFT}(?P<feet>\d{{1,4}})['’′] ?(?P<inches>\d{{1,2}})[\"”″]{RIGHT}",
            _feet_and_inches,
        ),
        Rule(
            "money",
            rf"(?P<money_sign>{SIGN})(?P<currency>{money})\s?(?P<money_low>{NUMBER})"
            rf"(?:\s?[-–—]\s?(?P=currency)?(?P<money_high>{NUMBER}))?"
            rf"(?:\s?(?P<money_scale>{scale})(?![^\W_]))?{RIGHT}",
            _money,
        ),
        Rule(
            "amount",
            rf"(?P<sign>{SIGN}){LEFT}(?P<low>{NUMBER})(?:\s?(?P<vulgar>[{_VULGAR}]))?"
            rf"(?:(?P<joint>[-–—x]|\s[–—x]\s|\s?×\s?)(?P<high>{NUMBER})(?!\d|[-–]\d))?"
            rf"(?:(?P<thousands>[kK])(?![^\W_])|(?P<times>[x×](?![^\W_]))"
            rf"|(?P<gap>\s?|-)(?P<unit>{unit}|in(?=\.))(?![^\W_])"
            rf"|(?P<quote>['’])(?![\w'’]))?{RIGHT}",
            _amount,
        ),
    ]


def _dice(match: re.Match[str]) -> Edit:
    return Edit(match.start(), match.end(), _roll(match.group()))


def _die(match: re.Match[str]) -> Edit:
    return Edit(match.start() - 1, match.end(), _roll("d" + match.group()))


def _roll(text: str) -> str:
    """ "2d6+3" as "two d six plus three"."""
    words: list[str] = []
    for part in _DIE_PART.finditer(text):
        if part["operator"]:
            words.append(_OPERATORS[part["operator"]])
        elif part["number"]:
            words.append(cardinal(int(part["number"])))
        else:
            words.append(_dice_words(part))
    return plural(" ".join(words)) if text[-1] == "s" else " ".join(words)


def _dice_words(part: re.Match[str]) -> str:
    count, sides = part["count"], part["sides"]
    words = f"{cardinal(int(count))} d " if count else "d "
    words += "percent" if sides == "%" else cardinal(int(sides))
    if part["keep"]:
        kept = part["kept"]
        one = "" if kept in ("", "1") else " " + cardinal(int(kept))
        words += f" {_KEEPS[part['keep']]}{one}"
    return words + (" exploding" if part["explode"] else "")


def _dotted(match: re.Match[str]) -> Edit:
    return _edit(match, " point ".join(spoken_number(n) for n in match.group().split(".")))


def _phone(match: re.Match[str]) -> Edit:
    return _edit(match, ", ".join(map(digits, match.group().split("-"))))


def _ordinal(match: re.Match[str]) -> Edit:
    return _edit(match, ordinal(int(match.group()[:-2].replace(",", ""))))


def _decade(match: re.Match[str]) -> Edit:
    number = match.group().rstrip("s").rstrip("'’")
    start = match.start()
    if len(number) == 2 and match.string[start - 1 : start] in ("'", "’") and start:
        start -= 1
    words = year(int(number)) if len(number) == 4 else cardinal(int(number))
    return Edit(start, match.end(), plural(words))


def _fraction(match: re.Match[str]) -> Edit:
    over, under = int(match["numerator"]), int(match["denominator"])
    whole, unit = match["fraction_whole"], match["fraction_unit"]
    words = _ratio(over, under) if over < under else ""
    if not words:
        words = "twenty-four seven" if (over, under) == (24, 7) else (
            f"{cardinal(over)} out of {cardinal(under)}"
        )
        singular = under == 1
    else:
        singular = not whole
    if whole:
        words = f"{cardinal(int(whole))} and {'a' + words[3:] if words[:4] == 'one ' else words}"
    words = SIGNS[match["fraction_sign"]] + words
    if unit is None:
        return _edit(match, words)
    return _with_unit(match, words, unit, match["fraction_gap"], singular=singular)


def _ratio(over: int, under: int) -> str:
    """ "three quarters", empty where it is not said so."""
    if not 0 < over < under or not (under <= 20 or under in (30, 50, 100, 1000)):
        return ""
    name = _DENOMINATORS.get(under) or ordinal(under)
    if over == 1:
        return f"one {name}"
    return f"{cardinal(over)} {'halves' if under == 2 else plural(name)}"


def _feet_and_inches(match: re.Match[str]) -> Edit:
    feet, inches = match["feet"], match["inches"]
    return _edit(
        match,
        f"{spoken_number(feet)} {'foot' if is_one(feet) else 'feet'} "
        f"{spoken_number(inches)} {'inch' if is_one(inches) else 'inches'}",
    )


def _money(match: re.Match[str]) -> Edit:
    one, many, small_one, small_many = tables().currencies[match["currency"]]
    low, high, scale = match["money_low"], match["money_high"], match["money_scale"]
    sign = SIGNS[match["money_sign"]]
    if high or scale:
        words = spoken_number(low) + (f" to {spoken_number(high)}" if high else "")
        scale_word = f" {tables().scales[scale]}" if scale else ""
        return _edit(match, f"{sign}{words}{scale_word} {many}")
    whole, _, fraction = low.partition(".")
    if not small_one or len(fraction) != 2:
        return _edit(match, f"{sign}{spoken_number(low)} {one if is_one(low) else many}")
    words = f"{spoken_number(whole)} {one if is_one(whole) else many}"
    cents = f"{cardinal(int(fraction))} {small_one if is_one(fraction) else small_many}"
    if not int(fraction):
        return _edit(match, sign + words)
    if not int(whole.replace(",", "")):
        return _edit(match, sign + cents)
    return _edit(match, f"{sign}{words} and {cents}")


def _amount(match: re.Match[str]) -> Edit | None:
    low, high = match["low"], match["high"]
    if match["quote"] and _opens_quote(match.string, match.start()):
        return Edit(match.start(), match.end() - 1, _number(match, low, match.end() - 1))
    number = _number(match, low, match.end() if not (match["unit"] or high) else -1)
    words = SIGNS[match["sign"]] + number
    if match["vulgar"]:
        part = tables().symbols[match["vulgar"]]
        words += f" and {'a' + part[3:] if part[:4] == 'one ' else part}"
    if high:
        words += f" {_joint(match)} {_end_of_range(low, high)}"
    if match["thousands"]:
        return _edit(match, words + " thousand")
    if match["times"]:
        return _edit(match, words + " times")
    if match["quote"]:
        return _edit(match, f"{words} {'foot' if is_one(low) and not high else 'feet'}")
    if match["unit"]:
        singular = is_one(low) and not high and not match["vulgar"]
        return _with_unit(match, words, match["unit"], match["gap"], singular=singular)
    return _edit(match, words)


def _joint(match: re.Match[str]) -> str:
    return _JOINTS[match["joint"].strip()]


def _end_of_range(low: str, high: str) -> str:
    if _is_year(low) and _is_year(high) and int(low) < int(high):
        return year(int(high))
    return spoken_number(high)


def _number(match: re.Match[str], number: str, end: int) -> str:
    """As a year where it is one; `end` is where what follows it begins, -1 where it has a unit or
    is a range."""
    if not _is_year(number) or match["sign"]:
        return spoken_number(number)
    if end < 0:
        in_years = match["high"] and _is_year(match["high"]) and not match["unit"]
        return year(int(number)) if in_years else spoken_number(number)
    return year(int(number)) if _reads_as_year(match.string, match.start("low"), end) else (
        spoken_number(number)
    )


def _is_year(number: str) -> bool:
    return len(number) == 4 and number.isdecimal() and 1000 <= int(number) <= 2099


def _reads_as_year(text: str, start: int, end: int) -> bool:
    after = word_after(text, end)
    if after in _YEAR_AFTER:
        return True
    if text[end : end + 1] in ("-", "’", "'") and after:
        return text[end] != "-"
    counted = after.islower() and after not in _FUNCTION_WORDS
    if word_before(text, start).lower() in _YEAR_BEFORE:
        return not (counted and (after.endswith(("s", "men", "people", "feet")) or after == "gold"))
    return not counted


def _opens_quote(text: str, end: int) -> bool:
    """Whether a single quotation mark is open before `end`, so that the next one closes it."""
    return re.search(r"(?<!\w)['‘]", text[max(0, end - 500) : end]) is not None


def _with_unit(
    match: re.Match[str], words: str, unit: str, gap: str, *, singular: bool
) -> Edit | None:
    """An amount with its unit, and the unit's full stop unless that ends the sentence."""
    one, many = ["inch", "inches"] if unit == "in" else tables().units[unit]
    end = match.end()
    if match.string.startswith(".", end) and not ends_sentence(match.string, end + 1):
        end += 1
    if gap == "-" or match.string[end : end + 1] == "-":  # "a 30-ft. cone"
        return Edit(match.start(), end, f"{words}-{one}")
    return Edit(match.start(), end, f"{words} {one if singular else many}")


def _edit(match: re.Match[str], words: str) -> Edit:
    return Edit(match.start(), match.end(), words)
