"""Amounts in English: numbers with a sign, a unit or a currency, ranges, fractions, dice."""

import re

from .english_numbers import cardinal, digits, is_one, ordinal, plural, spoken_number, year
from .english_tables import (
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
    """Those that begin with a digit, in the order in which they are to be tried."""
    return [
        Rule("dice", rf"\d{{1,4}}{_DIE}{_TAIL}(?:['’]?s)?{RIGHT}", _dice),
        Rule("dotted", rf"\d{{1,5}}(?:\.\d{{1,5}}){{2,8}}(?!\.?\d){RIGHT}", _dotted),
        Rule(
            "phone",
            rf"(?<![-–])(?:\d{{3}}-\d{{4}}|\d{{1,9}}(?:-\d{{1,9}}){{2,6}}+)(?![-–]){RIGHT}",
            _phone,
        ),
        Rule(
            "listed",
            rf"(?!\d{{1,3}}(?:,\d{{3}})+(?![,\d]))\d{{1,9}}(?:,\d{{1,9}}){{1,12}}+(?![.,]?\d){RIGHT}",
            _listed,
        ),
        Rule(
            "ordinal",
            rf"(?:\d{{1,3}}(?:,\d{{3}}){{1,4}}|\d{{1,15}})(?:st|nd|rd|th){RIGHT}",
            _ordinal,
        ),
        Rule("decade", rf"(?:\d{{2}})?\d0['’]?s{RIGHT}", _decade),
        Rule("fraction", _fraction_pattern(""), lambda match: _fraction(match, "")),
        Rule(
            "tall",
            rf"(?P<feet>\d{{1,4}})['’′] ?(?P<inches>\d{{1,2}})[\"”″]{RIGHT}",
            _feet_and_inches,
        ),
        Rule("amount", _amount_pattern(""), lambda match: _amount(match, "")),
    ]


def signed_rules() -> list[Rule]:
    """Those that begin with a sign."""
    return [
        Rule("signed_money", SIGN + _money_pattern("s"), lambda match: _money(match, "s")),
        Rule("signed_fraction", SIGN + _fraction_pattern("s"), lambda match: _fraction(match, "s")),
        Rule("signed_amount", SIGN + _amount_pattern("s"), lambda match: _amount(match, "s")),
    ]


def money_rule() -> Rule:
    """Begins with the currency."""
    return Rule("money", _money_pattern(""), lambda match: _money(match, ""))


def die_rule() -> Rule:
    """Begins behind the "d" of "d20"."""
    return Rule("die", rf"(?<=(?<![^\W_])[dD])(?:\d{{1,4}}|%){_TAIL}(?:['’]?s)?{RIGHT}", _die)


def _fraction_pattern(tag: str) -> str:
    """`tag` is put behind the groups' names: no two rules may have the same."""
    return (
        rf"(?<!/)(?:(?P<whole{tag}>\d{{1,6}}) (?=\d{{1,2}}/\d))?(?P<over{tag}>\d{{1,6}})"
        rf"/(?P<under{tag}>\d{{1,6}})(?![/.,]?\d)"
        rf"(?:(?P<part_gap{tag}>[ \-]?)(?P<part_unit{tag}>{any_of(tables().units)})(?![^\W_]))?"
        rf"{RIGHT}"
    )


def _money_pattern(tag: str) -> str:
    return (
        rf"(?P<currency{tag}>{any_of(tables().currencies)})\s?(?P<money{tag}>{NUMBER})"
        rf"(?:\s?[-–—]\s?(?P=currency{tag})?(?P<more{tag}>{NUMBER}))?"
        rf"(?:\s?(?P<scale{tag}>{any_of(tables().scales)})(?![^\W_]))?{RIGHT}"
    )


def _amount_pattern(tag: str) -> str:
    return (
        rf"(?P<low{tag}>{NUMBER})(?:\s?(?P<vulgar{tag}>[{_VULGAR}]))?"
        rf"(?:(?P<joint{tag}>[-–—x]|\s[–—x]\s|\s?×\s?)(?P<high{tag}>{NUMBER})(?!\d|[-–]\d))?"
        rf"(?:(?P<thousands{tag}>k)(?![^\W_])|(?P<times{tag}>[x×](?![^\W_]))"
        rf"|(?P<gap{tag}>\s?|-)(?P<unit{tag}>{any_of(tables().units)}|in(?=\.))(?![^\W_])"
        rf"|(?P<quote{tag}>['’])(?![\w'’]))?{RIGHT}"
    )


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


def _listed(match: re.Match[str]) -> Edit:
    return _edit(match, ", ".join(spoken_number(n) for n in match.group().split(",")))


def _ordinal(match: re.Match[str]) -> Edit:
    return _edit(match, ordinal(int(match.group()[:-2].replace(",", ""))))


def _decade(match: re.Match[str]) -> Edit:
    number = match.group().rstrip("s").rstrip("'’")
    start = match.start()
    if len(number) == 2 and match.string[start - 1 : start] in ("'", "’") and start:
        start -= 1
    words = year(int(number)) if len(number) == 4 else cardinal(int(number))
    return Edit(start, match.end(), plural(words))


def _fraction(match: re.Match[str], tag: str) -> Edit:
    over, under = int(match["over" + tag]), int(match["under" + tag])
    whole, unit = match["whole" + tag], match["part_unit" + tag]
    words = _ratio(over, under)
    singular = bool(words) and not whole
    if (over, under) == (24, 7):
        words = "twenty-four seven"
    elif not words:
        words = f"{cardinal(over)} {'to' if unit else 'out of'} {cardinal(under)}"
    if whole:
        words = f"{cardinal(int(whole))} and {_a(words)}"
    words = _sign(match, tag) + words
    if unit is None:
        return _edit(match, words)
    return _with_unit(match, words, unit, match["part_gap" + tag], singular=singular)


def _sign(match: re.Match[str], tag: str) -> str:
    return SIGNS[match.group()[0]] if tag else ""


def _a(words: str) -> str:
    """ "one half" behind "one and"."""
    return "a" + words[3:] if words.startswith("one ") else words


def _ratio(over: int, under: int) -> str:
    """ "three quarters", empty where it is not said so."""
    if not 0 < over < under or not (under <= 10 or under in (12, 16, 20, 30, 50, 100, 1000)):
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


def _money(match: re.Match[str], tag: str) -> Edit:
    one, many, small_one, small_many = tables().currencies[match["currency" + tag]]
    low, high, scale = match["money" + tag], match["more" + tag], match["scale" + tag]
    sign = _sign(match, tag)
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


def _amount(match: re.Match[str], tag: str) -> Edit:
    low, high, unit = match["low" + tag], match["high" + tag], match["unit" + tag]
    vulgar, quote = match["vulgar" + tag], match["quote" + tag]
    quote_ends = quote and _opens_quote(match.string, match.start())
    end = match.end() - 1 if quote_ends else match.end()
    words = _sign(match, tag)
    if high:
        joint = _JOINTS[match["joint" + tag].strip()]
        words += f" {joint} ".join(_range(low, high, counted=bool(unit)))
    elif not (tag or unit) and _is_year(low) and _reads_as_year(match.string, match.start(), end):
        words += year(int(low))
    else:
        words += spoken_number(low)
    if vulgar:
        words += f" and {_a(tables().symbols[vulgar])}"
    singular = is_one(low) and not high and not vulgar
    if unit:
        return _with_unit(match, words, unit, match["gap" + tag], singular=singular)
    if match["thousands" + tag]:
        words += " thousand"
    elif match["times" + tag]:
        words += " times"
    elif quote and not quote_ends:
        words += " foot" if singular else " feet"
    return Edit(match.start(), end, words)


def _range(low: str, high: str, *, counted: bool) -> tuple[str, str]:
    """Both ends in words: as years where they are."""
    if not counted and _is_year(low) and _is_year(high) and int(low) < int(high):
        return year(int(low)), year(int(high))
    return spoken_number(low), spoken_number(high)


def _is_year(number: str) -> bool:
    return len(number) == 4 and number.isdecimal() and 1000 <= int(number) <= 2099


def _reads_as_year(text: str, start: int, end: int) -> bool:
    after, years = word_after(text, end), tables().years
    if after in years["eras"]:
        return True
    if after and text[end] == "-":
        return False
    counted = after.islower() and after not in years["goes_on"]
    if word_before(text, start).lower() in years["before"]:
        return not (counted and (after.endswith(("s", "men", "people", "feet")) or after == "gold"))
    return not counted


def _opens_quote(text: str, end: int) -> bool:
    """Whether a single quotation mark is open before `end`, so that the next one closes it."""
    return re.search(r"(?<!\w)['‘]", text[max(0, end - 500) : end]) is not None


def _with_unit(match: re.Match[str], words: str, unit: str, gap: str, *, singular: bool) -> Edit:
    """An amount with its unit, and the unit's full stop unless that ends the sentence."""
    one, many = ["inch", "inches"] if unit == "in" else tables().units[unit]
    end = match.end()
    if match.string.startswith(".", end) and _has_its_stop(match.string, end + 1, unit):
        end += 1
    if re.match(r"/[a-z]", match.string[end : end + 2]):  # "10 ft./round"
        return Edit(match.start(), end + 1, f"{words} {one if singular else many} per")
    if gap == "-" or match.string[end : end + 1] == "-":  # "a 30-ft. cone"
        return Edit(match.start(), end, f"{words}-{one}")
    return Edit(match.start(), end, f"{words} {one if singular else many}")


def _has_its_stop(text: str, end: int, unit: str) -> bool:
    """Whether the full stop before `end` belongs to the unit alone."""
    if unit.rpartition(" ")[2] in tables().dotted_units:
        return not ends_sentence(text, end)
    return re.match(r" [a-z]", text[end : end + 2]) is not None


def _edit(match: re.Match[str], words: str) -> Edit:
    return Edit(match.start(), match.end(), words)
