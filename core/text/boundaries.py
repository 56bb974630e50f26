"""Where a pause may be: every mark gets one of three verdicts.

A mark is a place the language's pattern finds: the end of a sentence or a paragraph, a semicolon,
a comma, a closing bracket, the place before a conjunction. `split` says that a chunk may end
there, `reject` that it must not ("Dr. Who", "2d6 + 3"), `hold` that the next characters decide.
A verdict depends on nothing but the text around the mark, so it is the same however the text
came in. (The three verdicts are an idea of KoljaB/stream2sentence.)
"""

import re
from dataclasses import dataclass
from enum import Enum

from ..types import Boundary
from .language import (
    CJK,
    FULL_PAUSES,
    FULL_TERMINATORS,
    NO_BREAK,
    OPENERS,
    PAUSES,
    TERMINATORS,
    Language,
)

LOOK_BACK = 64
"""Characters before a mark that may bear on its verdict."""

CONJUNCTION_BONUS = 8.0
"""Points by which a conjunction is raised that begins a clause, and a comma before one: it divides
clauses, not a list or a name from what is said of it."""
_REPEATED = 12
"""A longer word is not looked for on both sides of a conjunction."""

_NEXT = re.compile(r"\S")
_NOT_IN_TOKEN = frozenset(' \t\n\r\v\f\u00a0\u2007\u202f\u2009\u200a\u3000"“”„«»([{—–…!?')
_NEXT_WORD = re.compile(rf"[{re.escape(OPENERS)}\s—–-]{{0,8}}([^\W\d_]{{1,16}})(['’]?)")
_OPENING = re.compile(rf"[{re.escape(OPENERS)}\s—–-]{{0,8}}")
_DOTTED = re.compile(r"(?:[^\W\d_]{1,2}\.-?)+[^\W\d_]{1,3}")
_ROMAN = re.compile(r"[IVXLC]+\b")
_ENUMERATED = re.compile(r"(?:\A|\n|[.!?…:;,][\"”’»)\]]*)\s*\Z")
_CLOSES = frozenset(",;:!?)]}”、。，！？；：」』）】》〉")
_TIES = frozenset("+-−×÷*/=<>≤≥")


class Verdict(Enum):
    """What is to be done at a mark."""

    SPLIT = "split"
    """A chunk may end here."""
    HOLD = "hold"
    """The next characters decide: wait for them."""
    REJECT = "reject"
    """No chunk ends here."""


@dataclass(slots=True)
class Mark:
    """A place where a chunk may end. Offsets are into the text that was judged."""

    content_end: int
    """Just past the last character that is not white space."""
    end: int
    """Where the next chunk begins."""
    boundary: Boundary
    lowered: float = 0.0
    """What counts against pausing here, in points of `selection`."""
    worth: float | None = None
    """Points without those for the length and the paragraph's end; None until `selection` has
    reckoned them."""


Judgement = tuple[Verdict, Mark | None]
_REJECT: Judgement = (Verdict.REJECT, None)
_HOLD: Judgement = (Verdict.HOLD, None)

# Python 3.11 takes as long for a member of an enum as for two calls, and here they are needed for
# every mark.
_SPLIT = Verdict.SPLIT
_CONJUNCTION, _BRACKET, _COMMA = Boundary.CONJUNCTION, Boundary.BRACKET, Boundary.COMMA
_DASH, _SENTENCE, _PARAGRAPH = Boundary.DASH, Boundary.SENTENCE, Boundary.PARAGRAPH
_PAUSES_AT = {
    **dict.fromkeys(PAUSES + FULL_PAUSES, _COMMA),
    **dict.fromkeys(":：", Boundary.COLON),
    **dict.fromkeys(";؛；", Boundary.SEMICOLON),
}


def judge(text: str, match: re.Match[str], known: int, language: Language) -> Judgement:
    """The verdict on a mark that ``language.pattern`` found in ``text``.

    `known` is the end of the text that has come, trailing white space not counted: a mark with
    nothing behind it is held.
    """
    start, stop = match.span()
    if stop >= known:
        return _HOLD
    kind = match.lastgroup
    if kind == "conjunction":
        return _conjunction(text, start, stop, known, language)
    following = _NEXT.search(text, stop)
    if following is None:
        return _HOLD
    end = following.start()
    if kind == "paragraph":
        return _SPLIT, Mark(_trimmed(text, start), end, _PARAGRAPH)
    if kind == "dash":
        return _dash(text, start, stop, end)
    if text[end] in _CLOSES or text[end] in language.spaced_closers:
        return _REJECT
    if end - stop > 1 and text.count("\n", stop, end) > 1:
        return _SPLIT, Mark(stop, end, _PARAGRAPH)
    if kind == "sentence":
        return _sentence(text, match, end, known, language)
    if kind == "pause":
        return _pause(text, start, stop, end)
    if kind == "full_pause":
        return _SPLIT, Mark(stop, end, _PAUSES_AT[text[start]])
    quoted = text[stop - 1] in "」』）" and text[end] in "とっ"  # the quotative particle
    if kind == "full_sentence":
        boundary = _BRACKET if quoted else _SENTENCE
        return _SPLIT, Mark(stop, end, boundary)
    return _REJECT if quoted else (_SPLIT, Mark(stop, end, _BRACKET))


def _trimmed(text: str, end: int) -> int:
    while end and text[end - 1].isspace():
        end -= 1
    return end


def _sentence(
    text: str, match: re.Match[str], end: int, known: int, language: Language
) -> Judgement:
    """A full stop, question mark, exclamation mark or ellipsis, with its closing quotes."""
    start, stop = match.span()
    single = text[start] == "." and (stop == start + 1 or _is_single(match.group()))
    closed = text[stop - 1] not in TERMINATORS
    word = _NEXT_WORD.match(text, end)
    if word is None:
        opening = _OPENING.match(text, end, known)
        if opening is not None and opening.end() >= known:
            return _HOLD
    lower = word is not None and word[1][0].islower() and not text[end].isdigit()
    if single and not closed:
        token, begin = token_before(text, start)
        broken = word is not None and word.end() == known and word.end(1) - word.start(1) < 16
        numbered = token.lower() in language.before_number  # "no. I" or "no. It"
        if broken and (numbered or _is_uncertain(token, language)):
            return _HOLD  # "U.S. The" or "U.S. Theodore": the whole word is needed
        if lower or not _full_stop(text, token, begin, end, word, language):
            return _REJECT
        return _SPLIT, Mark(stop, end, _SENTENCE)
    if not lower:
        return _SPLIT, Mark(stop, end, _SENTENCE)
    if text[start] in ".…‥":
        boundary = _BRACKET if single else _DASH
    else:
        boundary = _BRACKET if closed else _COMMA
    return _SPLIT, Mark(stop, end, boundary)


def _is_single(run: str) -> bool:
    return sum(character in TERMINATORS for character in run) == 1


def token_before(text: str, index: int) -> tuple[str, int]:
    """The word that ends at `index`, at most `LOOK_BACK` characters, and where it begins."""
    begin, least = index, max(0, index - LOOK_BACK)
    while begin > least and text[begin - 1] not in _NOT_IN_TOKEN:
        begin -= 1
    return text[begin:index], begin


def uncertain(text: str, index: int, language: Language) -> bool:
    """Whether the full stop at `index` may belong to an abbreviation, initial or number."""
    token, begin = token_before(text, index)
    return _is_uncertain(token, language) and not _is_era(text, token, begin)


def ends_sentence(text: str, index: int, language: Language) -> bool:
    """Whether the full stop at `index` can end a sentence, by what is before it and the two
    characters behind it."""
    if text[index + 1 : index + 2].isalnum() or text[index + 1 : index + 2] == "-":
        return False  # "i.e.", "3.5"
    token, begin = token_before(text, index)
    plain = token.lower()
    if plain in language.before_number:
        return plain in language.also_words and not text[index + 2 : index + 3].isdigit()
    return not (
        plain in language.never
        or _is_title(text, token, begin, None, language)
        or (len(token) == 1 and token.isupper() and token != "I")
    )


def _is_uncertain(token: str, language: Language) -> bool:
    if len(token) < 2 or (token[-1].isdigit() and len(token) < 4):
        return True
    plain = token.lower()
    return (
        plain in language.never
        or plain in language.may_end
        or (plain in language.before_number and plain not in language.also_words)
        or _may_be_title(token, language)
        or _DOTTED.fullmatch(token) is not None
    )


def _may_be_title(token: str, language: Language) -> bool:
    return token in language.titles or (
        len(token) > 1 and token.isupper() and token.capitalize() in language.titles
    )


def _is_title(
    text: str, token: str, begin: int, word: re.Match[str] | None, language: Language
) -> bool:
    """Whether the `token` at `begin`, before `word`, is one: in capitals only among capitals."""
    if token in language.titles or not _may_be_title(token, language):
        return token in language.titles
    if word is not None and not word[1].isupper():
        return False
    if word is not None and len(word[1]) == 1 and text[word.end(1)] != ".":
        return False
    return not _is_era(text, token, begin)


def _is_era(text: str, token: str, begin: int) -> bool:
    """Capitals after a number: "1372 DR.", "30 FT."."""
    if len(token) < 2 or not (token.isupper() and token.isalpha()):
        return False
    return token_before(text, _trimmed(text, begin))[0][-1:].isdigit()


def _full_stop(
    text: str,
    token: str,
    begin: int,
    end: int,
    word: re.Match[str] | None,
    language: Language,
) -> bool:
    """Whether the single full stop behind the `token` at `begin` can end a sentence; `word` at
    `end` comes next."""
    plain = token.lower()
    if plain in language.never or _is_title(text, token, begin, word, language):
        return False
    if plain in language.before_number:
        return not (text[end].isdigit() or _ROMAN.match(text, end))
    if plain in language.may_end:
        return True
    if len(token) == 1 and token.isupper() and token != "I":
        return False  # an initial: "J. Smith"
    if len(token) <= 3 and (len(token) == 1 or token.isdigit() or _ROMAN.fullmatch(token)):
        before = text[max(0, begin - 8) : begin]
        if _ENUMERATED.search(before) and (begin < 8 or not before.isspace()):
            return not token
    if token.isdigit():
        return not (language.ordinals and len(token) <= 2)
    if len(token) == 1:
        return _single_letter(text, token, begin)
    if "." in token and _DOTTED.fullmatch(token):
        return word is not None and word[1].lower() in language.starters
    return True


def _single_letter(text: str, letter: str, begin: int) -> bool:
    """ "So do I." ends a sentence, "è." and "y." may."""
    if letter.isupper():
        before, _ = token_before(text, max(0, begin - 1))
        return before[:1].islower()
    return not letter.isascii() or not letter.isalpha()


def _pause(text: str, start: int, stop: int, end: int) -> Judgement:
    mark = text[start]
    if mark == ":" and start and text[start - 1].isdigit() and text[end].isdigit():
        return _REJECT
    boundary = _PAUSES_AT[mark]
    tag = stop - start > 1 and boundary is _COMMA  # '"Come," she said'
    return _SPLIT, Mark(stop, end, boundary, 10.0 if tag else 0.0)


def _dash(text: str, start: int, stop: int, end: int) -> Judgement:
    """A dash with a space before it alone opens ("—dijo"): the pause is before it."""
    before = _trimmed(text, start)
    spaced = before < start
    if before == 0 or (text[before - 1].isdigit() and text[end].isdigit()):
        return _REJECT
    if "\n" in text[before:start]:
        return _SPLIT, Mark(before, start, _DASH)
    if text[before - 1] in TERMINATORS or text[before - 1] in FULL_TERMINATORS:
        return _REJECT if spaced else _after_dash(text, stop, end)
    if spaced and end == stop:
        return _SPLIT, Mark(before, start, _DASH)
    if not spaced and end == stop:
        before_it = text[max(0, start - LOOK_BACK) : start].rsplit(None, 1)[-1]
        if text[start] == "–" or "/" in before_it or "@" in before_it:
            return _REJECT  # "London–Paris", "https://a.b/c--d"
    return _after_dash(text, stop, end)


def _after_dash(text: str, stop: int, end: int) -> Judgement:
    if text[end] in _CLOSES:
        return _REJECT
    closed = text[stop - 1] not in "—―–-"
    broken_off = closed and text[end].isupper()  # "But—" The door slammed.
    return _SPLIT, Mark(stop, end, _SENTENCE if broken_off else _DASH)


def _conjunction(text: str, start: int, stop: int, known: int, language: Language) -> Judgement:
    content_end = _trimmed(text, start)
    before, begin = token_before(text, content_end)
    if not before or before.lower() in language.modifiers or text[start - 1] in NO_BREAK:
        return _REJECT
    if len(before) <= _REPEATED:
        if stop + 2 + len(before) > known:
            return _HOLD
        follow = text[stop + 1 : stop + 2 + len(before)].lower()
        if follow.startswith(before.lower()) and not follow[-1].isalpha():
            return _REJECT  # "more and more"
    earlier, _ = token_before(text, _trimmed(text, begin))
    if earlier.lower() == text[start:stop]:
        return _REJECT  # "as cold as"
    relative = text[start:stop] in language.relatives
    lowered = 0.0 if relative else -CONJUNCTION_BONUS
    return _SPLIT, Mark(content_end, start, _CONJUNCTION, lowered)


MOST_QUALITY = 10.0
"""No place between two words has more points."""


def gap_quality(text: str, content_end: int, end: int, language: Language) -> float | None:
    """How well a pause fits between two words, in points; None where it must not be."""
    last, first = text[content_end - 1], text[end]
    if end == content_end:
        return _unspaced_quality(last, first)
    if last == ".":
        token, begin = token_before(text, content_end - 1)
        if len(token) == 1 or not _full_stop(text, token, begin, end, None, language):
            return None
        if first.islower() and token.rpartition("-")[2].lower() in language.may_end:
            return None  # "60 ft. away"
    if first in _CLOSES or first in "…—–" or first in language.spaced_closers:
        return None
    if not NO_BREAK.isdisjoint(text[content_end:end]):
        return None
    if last in "“„«([{¿¡—–" or (last in "\"'»" and text[content_end - 2 : content_end - 1] == " "):
        return None
    if (last.isdigit() or last in _TIES) and (first.isdigit() or first in _TIES):
        return None
    if last == ".":
        return -5.0
    token, begin = token_before(text, content_end)
    follow = text[end : end + 16].split(None, 1)[0]
    if last.isdigit() and follow.rstrip(",;:!?") in language.after_number:
        return None
    if first in _AMOUNT and _is_amount_of(token, follow, language):
        return None
    quality = -30.0 if token.lower() in language.clinging or last in _TIES else 0.0
    if last.isdigit() or (len(token) == 1 and begin and token.isupper()):
        quality -= 20.0
    return quality + (8.0 if follow.lower() in language.prepositions else 0.0)


_AMOUNT = frozenset("0123456789IVXL")


def _is_amount_of(token: str, follow: str, language: Language) -> bool:
    """Whether a word and the number behind it are one: "DC 15", "Chapter IV", "Charles II"."""
    numeral = _ROMAN.match(follow)
    if numeral is None:
        return follow[0].isdigit() and token.lower() in language.before_amount
    if numeral.end() == 1:
        return follow[0] != "I" and token.lower() in language.before_amount
    return token[:1].isupper()


_NOT_FIRST = frozenset("ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮー々ゝゞヽヾん")


def _unspaced_quality(last: str, first: str) -> float | None:
    """Between two characters of a script without spaces: best after a particle."""
    if first in _NOT_FIRST:
        return None
    particle = _is_hiragana(last) and not _is_hiragana(first)
    return MOST_QUALITY if particle else 0.0


def _is_hiragana(character: str) -> bool:
    return "\u3040" <= character <= "\u309f"


GAP = re.compile(rf"(?<!\s)\s+|(?<=[{CJK}])(?=[{CJK}])")
"""Finds the places between words."""
UNSPACED = re.compile(rf"[{CJK}]")
"""Words need no space between them where this is found."""
