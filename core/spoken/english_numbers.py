"""Numbers in English words. num2words says the same (the tests compare them) at 87 us a number,
this at 1: a page of numbers is spoken as fast as it is read."""

ONES = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
    "eighteen", "nineteen",
]  # fmt: skip
_TENS = [
    "zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty",
    "ninety",
]  # fmt: skip
_SCALES = ["", " thousand", " million", " billion", " trillion"]
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth",
    "nine": "ninth", "twelve": "twelfth",
}  # fmt: skip
MOST_DIGITS = 15
"""A longer number is said digit by digit."""


def cardinal(number: int) -> str:
    """ "one thousand two hundred and thirty-four"; at most `MOST_DIGITS` digits."""
    if number < 0:
        return "minus " + cardinal(-number)
    if number < 1000:
        return _below_1000(number)
    groups: list[str] = []
    for scale in reversed(range(len(_SCALES))):
        group, number = divmod(number, 1000**scale)
        if group:
            and_ = "and " if groups and not scale and group < 100 else ""
            groups.append(and_ + _below_1000(group) + _SCALES[scale])
    return " ".join(groups)


def ordinal(number: int) -> str:
    """ "one hundred and twenty-third"."""
    words = cardinal(number)
    at = max(words.rfind(" "), words.rfind("-")) + 1
    last = words[at:]
    if last in _ORDINALS:
        return words[:at] + _ORDINALS[last]
    return words[:-1] + "ieth" if last.endswith("y") else words + "th"


def year(number: int) -> str:
    """ "fourteen ninety-two", "fifteen hundred", "nineteen oh five", "two thousand and five"."""
    century, rest = divmod(number, 100)
    if century < 10 or century > 99 or (century % 10 == 0 and rest < 10):
        return cardinal(number)
    if rest == 0:
        return _below_1000(century) + " hundred"
    return _below_1000(century) + (" oh " if rest < 10 else " ") + _below_1000(rest)


def plural(words: str) -> str:
    """ "six" to "sixes", "ninety" to "nineties", "hundred" to "hundreds"."""
    if words.endswith("y"):
        return words[:-1] + "ies"
    return words + ("es" if words.endswith("x") else "s")


def digits(text: str) -> str:
    """Digit by digit; anything else is passed over."""
    return " ".join(ONES[int(digit)] for digit in text if digit.isdigit())


def spoken_number(text: str) -> str:
    """A number as written, with thousands' commas or a decimal point: "1,234.50"."""
    whole, point, fraction = text.replace(",", "").partition(".")
    spelled = len(whole) > MOST_DIGITS or (len(whole) > 1 and whole[0] == "0")
    words = digits(whole) if spelled else cardinal(int(whole or "0"))
    return f"{words} point {digits(fraction)}" if point else words


def is_one(text: str) -> bool:
    """Whether a noun after it is in the singular."""
    return text.lstrip("0") == "1"


def _below_1000(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    if rest < 20:
        words = ONES[rest]
    else:
        words = _TENS[rest // 10] + (f"-{ONES[rest % 10]}" if rest % 10 else "")
    if not hundreds:
        return words
    return f"{ONES[hundreds]} hundred" + (f" and {words}" if rest else "")
