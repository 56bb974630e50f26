"""Which of the boundaries within reach a chunk shall end at.

Each boundary has points: its strength, less what its distance from the wanted length costs. The
best one wins, and it is let go as soon as nothing that may still come could beat it. So the
choice depends on the text alone, not on how it came in.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter

from ..types import Boundary
from .boundaries import GAP, MOST_QUALITY, UNSPACED, Mark, ends_sentence, gap_quality
from .language import Language
from .profiles import LOOK_AHEAD, Limits
from .scanner import UNMATCHED

STRENGTH = {
    Boundary.WORD: 0.0,
    Boundary.CONJUNCTION: 36.0,
    Boundary.BRACKET: 56.0,
    Boundary.COMMA: 66.0,
    Boundary.DASH: 78.0,
    Boundary.COLON: 80.0,
    Boundary.SEMICOLON: 88.0,
    Boundary.SENTENCE: 100.0,
    Boundary.PARAGRAPH: 104.0,
}
"""Points of a boundary. A comma is worth a sentence end that lies 26 characters farther from
the first chunk's least length, or half a target range off."""
_MOST = STRENGTH[Boundary.PARAGRAPH]
_INSIDE, _OUTSIDE, _FIRST = 23.0, 115.0, 100.0
"""Points a distance of the target's middle costs: within the target, beyond it, and from the
least length where the first chunk is to be short."""
_SHORT_PARAGRAPH_REST = 40.0
_ONE_WORD, _TWO_WORDS = 35.0, 15.0
_OVER_CAP = 5.0
_STEP = 6
"""Characters from one look to the next while a mark's verdict is long in coming."""

_TAIL = re.compile(r"\W{0,3}+\w[\w'’-]*+(?P<two>\s++\w[\w'’-]*+)?(?P<mark>[.!?…。！？,;:])")
_PARAGRAPH = re.compile(r"\n(?=[^\S\n]*\n)|\u2029")
_NEXT = re.compile(r"\S")
_HEAD = re.compile(r"[.!?…;:][\"”’»)\]]*+\s++\W{0,3}+\w[\w'’-]*+\W?+\Z")
_JOINERS = frozenset("\u200c\u200d\ufe0e\ufe0f") | {chr(0x1F3FB + tone) for tone in range(5)}
_CONTENT_END, _END = attrgetter("content_end"), attrgetter("end")
# Looked up for every mark, and in Python 3.11 that takes as long as two calls.
_COMMA, _SENTENCE, _PARAGRAPH_END = Boundary.COMMA, Boundary.SENTENCE, Boundary.PARAGRAPH


class Scale:
    """Turns lengths into points, for one profile at one pace."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._middle = (limits.low + limits.high) / 2
        lengths = range(limits.most + 1)
        self._later = [self._later_cost(length) for length in lengths]
        self._first = [_FIRST / self._middle * (length - limits.least) for length in lengths]
        allowed = range(limits.least, limits.most + 1)
        self._cheapest_later = sorted(allowed, key=self._later.__getitem__)
        self._cheapest_first = list(allowed)

    def costs(self, short: bool) -> list[float]:
        """Points that each length up to the profile's most costs; `short` for the first chunk."""
        return self._first if short else self._later

    def cheapest(self, short: bool) -> list[int]:
        """The lengths within the profile's limits, the cheapest first."""
        return self._cheapest_first if short else self._cheapest_later

    def reach(self, points: float, short: bool) -> int:
        """From this length on nothing that may still come beats `points`."""
        high, middle = self._limits.high, self._middle
        spare = _MOST - points
        if short:
            return self._limits.least + int(spare / _FIRST * middle) + 1
        length = middle + spare / _INSIDE * middle
        if length > high:
            length = high + (spare - _INSIDE * (high - middle) / middle) / _OUTSIDE * middle
        return int(length) + 1

    def _later_cost(self, length: int) -> float:
        outside = max(self._limits.low - length, length - self._limits.high, 0)
        inside = abs(length - self._middle) - outside
        return (_INSIDE * inside + _OUTSIDE * outside) / self._middle


@dataclass(slots=True)
class Window:
    """What is known of the text from the start of a chunk on."""

    text: str
    begin: int
    """The chunk's first character that is not white space."""
    known: int
    """The end of what has come, trailing white space not counted."""
    closed: bool
    """Nothing comes after `known`."""
    judged: int
    """All marks before here are in `marks`."""
    marks: list[Mark]
    """In order, none beyond the profile's most."""
    cap: int
    """Characters that the margin allows; from the least to the most."""
    short: bool
    """The first chunk: the shorter, the sooner it is heard."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The end of a chunk: where the next one begins, and why there."""

    end: int
    boundary: Boundary


@dataclass(frozen=True, slots=True)
class Wait:
    """No decision yet; worth another look once `known` is so large."""

    known: int


@lru_cache(maxsize=64)
def _scale(limits: Limits) -> Scale:
    """The scale of a profile at a pace: each cue has two chunkers, and most have the same."""
    return Scale(limits)


class Selector:
    """Chooses boundaries for one profile, pace and language."""

    def __init__(self, limits: Limits, language: Language) -> None:
        self._limits = limits
        self._language = language
        self._scale = _scale(limits)

    def soonest(self, begin: int) -> int:
        """So much must be known before it can be settled where a chunk from `begin` on ends."""
        return begin + self._limits.least + self._limits.tail_known

    def choose(self, window: Window, last: Boundary = Boundary.PARAGRAPH) -> Cut | Wait:
        """The chunk's end, or how much text is needed first. `last` is the boundary at the end
        of a closed text."""
        length = window.known - window.begin
        whole = Cut(window.known, last)
        if not window.closed and window.known < self.soonest(window.begin):
            return Wait(self.soonest(window.begin))
        fitting, open_marks = self._fitting(window)
        best, points = self._leader(window, fitting, window.cap)
        if window.closed and length <= window.cap and points <= self._end_points(window):
            return whole
        if best is not None:
            needed = self._needed(window, points, open_marks)
            return Cut(best.end, best.boundary) if needed <= window.known else Wait(needed)
        return self._last_resort(window, open_marks, whole)

    def _end_points(self, window: Window) -> float:
        return _MOST - self._scale.costs(window.short)[window.known - window.begin]

    def _fitting(self, window: Window) -> tuple[list[Mark], list[Mark]]:
        """The marks that keep the limits, and those that may once more text has come; none lies
        beyond the paragraph's end."""
        limits, marks, begin = self._limits, window.marks, window.begin
        first = bisect_left(marks, begin + limits.least, key=_CONTENT_END)
        last = bisect_right(marks, begin + limits.most, first, key=_CONTENT_END)
        if window.closed:
            rests = [(mark, window.known - mark.end) for mark in marks[first:last]]
            fitting = [mark for mark, rest in rests if limits.tail_fits(rest, True)]
            open_marks: list[Mark] = []
        else:
            settled = bisect_right(marks, window.known - limits.tail_known, first, last, key=_END)
            fitting, open_marks = marks[first:settled], marks[settled:last]
        for index, mark in enumerate(fitting):
            if mark.boundary is _PARAGRAPH_END:
                return fitting[: index + 1], []
        return fitting, open_marks

    def _leader(
        self, window: Window, marks: list[Mark], cap: int, floor: float = float("-inf")
    ) -> tuple[Mark | None, float]:
        """The mark not beyond `cap` characters that has the most points, if over `floor`.

        Those that can have the most are weighed first, and no more than may still win.
        """
        if not marks:
            return None, floor
        costs, begin, furthest = self._scale.costs(window.short), window.begin, window.begin + cap
        bounds = [
            (mark.worth if mark.worth is not None else STRENGTH[mark.boundary] - mark.lowered)
            - costs[mark.content_end - begin]
            for mark in marks
            if mark.content_end <= furthest
        ]
        best, most = -1, floor
        for index in sorted(range(len(bounds)), key=bounds.__getitem__, reverse=True):
            if bounds[index] < most:
                break
            mark = marks[index]
            points = self._worth(window, mark) - costs[mark.content_end - begin]
            if points > most or (points == most and index < best):
                best, most = index, points
        return (marks[best] if best >= 0 else None), most

    def _worth(self, window: Window, mark: Mark) -> float:
        """Points without the length's; at the most so many while what decides has not come."""
        text = window.text
        if mark.worth is None:
            points = STRENGTH[mark.boundary] - mark.lowered
            if not window.closed and window.known < mark.end + LOOK_AHEAD:
                return points
            mark.worth = points - _loneliness(text, mark, self._language)
        if mark.boundary is _PARAGRAPH_END:
            return mark.worth
        paragraph = _PARAGRAPH.search(text, mark.end, mark.end + self._limits.least)
        return mark.worth - (_SHORT_PARAGRAPH_REST if paragraph else 0.0)

    def _beyond_cap(self, window: Window, marks: list[Mark]) -> Mark | None:
        """The best mark where all are beyond the window's cap."""
        costs = self._scale.costs(window.short)

        def points(mark: Mark) -> float:
            length = mark.content_end - window.begin
            return self._worth(window, mark) - costs[length] - _OVER_CAP * (length - window.cap)

        return max(marks, key=points, default=None)

    def _needed(self, window: Window, points: float, open_marks: list[Mark]) -> int:
        """How much text must be known before nothing can beat `points`."""
        if window.closed:
            return window.known
        rival, _ = self._leader(window, open_marks, window.cap, points)
        if rival is not None:  # it may get more: before it is known nothing can be chosen
            return _later(window, rival.end + self._limits.tail_known)
        horizon = window.begin + min(self._scale.reach(points, window.short), window.cap)
        if window.judged > _edge(window, horizon):
            return window.known
        soonest = min(horizon + UNMATCHED + 1, window.known + self._limits.tail_known)
        return _later(window, soonest)

    def _last_resort(self, window: Window, open_marks: list[Mark], whole: Cut) -> Cut | Wait:
        """No mark within the cap: a word boundary, else beyond the cap, else inside a word."""
        limits = self._limits
        if not window.closed:
            needed = self._settled(window, window.cap, open_marks)
            if needed > window.known:
                return Wait(needed)
        choice = self._best_gap(window, window.cap)
        if choice is not None:
            return choice
        if window.closed and window.known - window.begin <= limits.most:
            return whole
        if not window.closed:
            needed = self._settled(window, limits.most, open_marks)
            if needed > window.known:
                return Wait(needed)
        best = self._beyond_cap(window, self._fitting(window)[0])
        if best is not None:
            return Cut(best.end, best.boundary)
        return self._any_gap(window) or self._inside(window)

    def _settled(self, window: Window, cap: int, open_marks: list[Mark]) -> int:
        """How much text must be known before no mark can come within `cap` characters."""
        edge = _edge(window, window.begin + cap)
        rival, _ = self._leader(window, open_marks, cap)
        if rival is not None:
            return _later(window, rival.end + self._limits.tail_known)
        needed = edge + self._limits.tail_known
        if window.judged <= edge and needed <= window.known:
            return window.known + _STEP
        soonest = window.judged + self._limits.tail_known
        return needed if soonest <= window.known else min(needed, soonest)

    def _any_gap(self, window: Window) -> Cut | None:
        """A place between words beyond the cap; else one with a rest that is too short; else
        one between words that are tied together."""
        choice, most = None, self._limits.most
        if window.cap < most:
            choice = self._best_gap(window, most)
        if choice is None and window.closed:
            choice = self._best_gap(window, most, short_rest=True)
        return choice or self._best_gap(window, most, short_rest=True, tied=True)

    def _best_gap(
        self, window: Window, cap: int, short_rest: bool = False, tied: bool = False
    ) -> Cut | None:
        """The best of the places between words up to `cap` characters; with `tied` none of them
        is a good one.

        They are sought from the cheapest length on, until none can be better.
        """
        text, begin, known = window.text, window.begin, window.known
        costs = self._scale.costs(window.short)
        bound = 0.0 if tied else self._quality_at_most(window, cap)
        spaced = UNSPACED.search(text, begin, begin + cap + 1) is None
        best, most = None, float("-inf")
        for length in self._lengths(window, min(cap, known - begin - 1)):
            over = _OVER_CAP * (length - window.cap) if length > window.cap else 0.0
            if bound - costs[length] - over < most:
                break
            if spaced and not text[begin + length].isspace():
                continue
            gap = GAP.match(text, begin + length)
            if gap is None or gap.end() >= known:
                continue
            content_end, end = gap.span()
            if window.closed and not (short_rest or self._limits.tail_fits(known - end, True)):
                continue
            quality = 0.0 if tied else gap_quality(text, content_end, end, self._language)
            if quality is None:
                continue
            points = quality - costs[length] - over
            if points > most or (best is not None and points == most and end < best.end):
                best, most = Cut(end, Boundary.WORD), points
        return best

    def _quality_at_most(self, window: Window, cap: int) -> float:
        """What a place between words up to `cap` characters can have, without looking at each."""
        first, last = window.begin + self._limits.least, window.begin + cap
        behind = _edge(window, last) + LOOK_AHEAD
        favoured = self._language.favoured.search(window.text, first - 1, behind)
        return 0.0 if favoured is None else MOST_QUALITY

    def _lengths(self, window: Window, cap: int) -> Iterable[int]:
        """The lengths up to `cap`, the cheapest first."""
        lengths = (length for length in self._scale.cheapest(window.short) if length <= cap)
        if cap <= window.cap:
            return lengths
        costs = self._scale.costs(window.short)
        return sorted(lengths, key=lambda n: costs[n] + _OVER_CAP * max(0, n - window.cap))

    def _inside(self, window: Window) -> Cut:
        """A "word" longer than the limit is cut, but no composed character is; white space
        longer than the limit stays whole."""
        text, begin, least = window.text, window.begin, self._limits.least
        cut = begin + window.cap
        if window.closed:
            rest = window.known - begin
            cut = begin + min(window.cap, max(rest - least, rest // 2))
        if text[cut].isspace() or text[cut - 1].isspace():
            return Cut(_edge(window, cut), Boundary.WORD)
        for _ in range(LOOK_AHEAD):
            joined = text[cut] in _JOINERS or text[cut - 1] == "\u200d"
            if not joined and not unicodedata.combining(text[cut]):
                break
            cut -= 1
        return Cut(max(cut, begin + 1), Boundary.WORD)


def _loneliness(text: str, mark: Mark, language: Language) -> float:
    """What a word left alone before or behind the mark costs."""

    def is_end(index: int) -> bool:
        return text[index] != "." or ends_sentence(text, index, language)

    if mark.boundary >= _SENTENCE:
        return 0.0
    points = 0.0
    tail = _TAIL.match(text, mark.end, mark.end + LOOK_AHEAD - 2)  # what `ends_sentence` looks at
    if tail is not None and is_end(tail.start("mark")):
        ends = tail["mark"] not in ",;:"
        if ends or (not tail["two"] and mark.boundary <= _COMMA):
            points += _TWO_WORDS if tail["two"] or not ends else _ONE_WORD
    head = _HEAD.search(text, max(0, mark.content_end - 24), mark.content_end)
    if head is not None and is_end(head.start()):
        points += _ONE_WORD
    return points


def _later(window: Window, known: int) -> int:
    """`known`; a step on where so much has come and the mark in question still is held."""
    return known if known > window.known else window.known + _STEP


def _edge(window: Window, index: int) -> int:
    """The first character from `index` on that is not white space."""
    match = _NEXT.search(window.text, index)
    return match.start() if match else window.known + 1
