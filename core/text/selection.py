"""Which of the boundaries within reach a chunk shall end at.

Each boundary has points: its strength, less what its distance from the wanted length costs. The
best one wins, and it is let go as soon as nothing that may still come could beat it. So the
choice depends on the text alone, not on how it came in.
"""

import re
import unicodedata
from dataclasses import dataclass

from ..types import Boundary
from .boundaries import GAP, Mark, gap_quality
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

_TAIL = re.compile(r"\W{0,3}\w[\w'’-]*(?P<two>\s+\w[\w'’-]*)?(?P<mark>[.!?…。！？,;:])")
_PARAGRAPH = re.compile(r"\n(?=[^\S\n]*\n)|\u2029")
_NEXT = re.compile(r"\S")
_HEAD = re.compile(r"[.!?…;:][\"”’»)\]]*\s+\W{0,3}\w[\w'’-]*\W?\Z")
_JOINERS = frozenset("\u200c\u200d\ufe0e\ufe0f") | {chr(0x1F3FB + tone) for tone in range(5)}


class Scale:
    """Turns lengths into points, for one profile at one pace."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._middle = (limits.low + limits.high) / 2
        lengths = range(limits.most + 1)
        self._later = [self._later_cost(length) for length in lengths]
        self._first = [_FIRST / self._middle * (length - limits.least) for length in lengths]

    def costs(self, short: bool) -> list[float]:
        """Points that each length up to the profile's most costs; `short` for the first chunk."""
        return self._first if short else self._later

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


@dataclass(slots=True)
class Gap:
    """A place between two words."""

    end: int
    length: int
    fits: bool
    """What follows is not too short."""
    quality: float | None
    """Points for a pause here; None where two words are tied together."""


@dataclass(frozen=True, slots=True)
class Wait:
    """No decision yet; worth another look once `known` is so large."""

    known: int


class Selector:
    """Chooses boundaries for one profile, pace and language."""

    def __init__(self, limits: Limits, language: Language) -> None:
        self._limits = limits
        self._language = language
        self._scale = Scale(limits)

    def choose(self, window: Window, last: Boundary = Boundary.PARAGRAPH) -> Cut | Wait:
        """The chunk's end, or how much text is needed first. `last` is the boundary at the end
        of a closed text."""
        limits = self._limits
        length = window.known - window.begin
        whole = Cut(window.known, last)
        if not window.closed and length < limits.least + limits.tail_known:
            return Wait(window.begin + limits.least + limits.tail_known)
        fitting, open_marks = self._fitting(window)
        best, points = self._best(window, fitting, window.cap)
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
        fitting: list[Mark] = []
        open_marks: list[Mark] = []
        for mark in window.marks:
            length = mark.content_end - window.begin
            if length < self._limits.least:
                continue
            if length > self._limits.most:
                break
            fits = self._limits.tail_fits(window.known - mark.end, window.closed)
            if fits is None:
                open_marks.append(mark)
            elif fits:
                fitting.append(mark)
                if mark.boundary is Boundary.PARAGRAPH:
                    break
        return fitting, open_marks

    def _best(self, window: Window, marks: list[Mark], cap: int) -> tuple[Mark | None, float]:
        """The best mark not beyond `cap` characters, and its points."""
        costs = self._scale.costs(window.short)
        best, most = None, float("-inf")
        for mark in marks:
            length = mark.content_end - window.begin
            if length > cap:
                break
            if mark.worth is None:
                mark.worth = self._worth(window.text, mark)
            points = mark.worth - costs[length]
            if length > window.cap:
                points -= _OVER_CAP * (length - window.cap)
            if points > most:
                best, most = mark, points
        return best, most

    def _worth(self, text: str, mark: Mark) -> float:
        """Strength, less what a word or a short paragraph end left alone costs."""
        points = STRENGTH[mark.boundary] - mark.lowered
        if mark.boundary is Boundary.PARAGRAPH:
            return points
        paragraph = _PARAGRAPH.search(text, mark.end, mark.end + self._limits.least)
        if paragraph is not None:
            points -= _SHORT_PARAGRAPH_REST
        if mark.boundary is Boundary.SENTENCE:
            return points
        tail = _TAIL.match(text, mark.end, mark.end + LOOK_AHEAD)
        if tail is not None:
            ends = tail["mark"] not in ",;:"
            if ends or (not tail["two"] and mark.boundary <= Boundary.COMMA):
                points -= _TWO_WORDS if tail["two"] or not ends else _ONE_WORD
        if _HEAD.search(text, max(0, mark.content_end - 24), mark.content_end):
            points -= _ONE_WORD
        return points

    def _needed(self, window: Window, points: float, open_marks: list[Mark]) -> int:
        """How much text must be known before nothing can beat `points`."""
        if window.closed:
            return window.known
        rival = self._rival(window, points, open_marks, window.cap)
        if rival is not None:
            return _later(window, rival.end + self._limits.tail_known)
        horizon = window.begin + min(self._scale.reach(points, window.short), window.cap)
        if window.judged > _edge(window, horizon):
            return window.known
        soonest = min(horizon + UNMATCHED + 1, window.known + self._limits.tail_known)
        return _later(window, soonest)

    def _rival(
        self, window: Window, points: float, open_marks: list[Mark], cap: int
    ) -> Mark | None:
        """The one of the open marks that may get the most, if that is over `points`: before it
        is known nothing can be chosen."""
        costs = self._scale.costs(window.short)
        rival = None
        for mark in open_marks:
            length = mark.content_end - window.begin
            if length > cap:
                break
            most = STRENGTH[mark.boundary] - mark.lowered - costs[length]
            if most > points and window.known >= mark.end + LOOK_AHEAD:
                most = self._worth(window.text, mark) - costs[length]  # can only become less
            if most > points:
                rival, points = mark, most
        return rival

    def _last_resort(self, window: Window, open_marks: list[Mark], whole: Cut) -> Cut | Wait:
        """No mark within the cap: a word boundary, else beyond the cap, else inside a word."""
        limits = self._limits
        if not window.closed:
            needed = self._settled(window, window.cap, open_marks)
            if needed > window.known:
                return Wait(needed)
        gaps = self._gaps(window)
        if isinstance(gaps, Wait):
            return gaps
        choice = self._best_gap(window, [gap for gap in gaps if gap.length <= window.cap])
        if choice is not None:
            return choice
        if window.closed and window.known - window.begin <= limits.most:
            return whole
        if not window.closed:
            needed = self._settled(window, limits.most, open_marks)
            if needed > window.known:
                return Wait(needed)
        best, _ = self._best(window, self._fitting(window)[0], limits.most)
        if best is not None:
            return Cut(best.end, best.boundary)
        for short_rest, tied in (False, False), (True, False), (True, True):
            choice = self._best_gap(window, gaps, short_rest, tied)
            if choice is not None:
                return choice
        return self._inside(window)

    def _settled(self, window: Window, cap: int, open_marks: list[Mark]) -> int:
        """How much text must be known before no mark can come within `cap` characters."""
        edge = _edge(window, window.begin + cap)
        rival = self._rival(window, float("-inf"), open_marks, cap)
        if rival is not None:
            return _later(window, rival.end + self._limits.tail_known)
        needed = edge + self._limits.tail_known
        if window.judged <= edge and needed <= window.known:
            return window.known + _STEP
        soonest = window.judged + self._limits.tail_known
        return needed if soonest <= window.known else min(needed, soonest)

    def _gaps(self, window: Window) -> list[Gap] | Wait:
        """The places between words within the limits."""
        text, begin, limits = window.text, window.begin, self._limits
        last = begin + limits.most + 1
        gaps: list[Gap] = []
        for match in GAP.finditer(text, begin + limits.least, last):
            content_end, end = match.span()
            if end == last:
                end = _edge(window, content_end)
            length = content_end - begin
            if length > limits.most or end >= window.known:
                break
            if text[content_end - 1].isspace():
                continue
            fits = limits.tail_fits(window.known - end, window.closed)
            if fits is None:
                if length > window.cap:
                    break
                return Wait(end + limits.tail_known)
            quality = gap_quality(text, content_end, end, self._language)
            gaps.append(Gap(end, length, fits, quality))
        return gaps

    def _best_gap(
        self, window: Window, gaps: list[Gap], short_rest: bool = False, tied: bool = False
    ) -> Cut | None:
        """The best of the places between words; where nothing else is left with a rest that is
        too short, or between words that are tied together."""
        costs = self._scale.costs(window.short)
        best, most = None, float("-inf")
        for gap in gaps:
            if (gap.quality is None and not tied) or not (gap.fits or short_rest):
                continue
            points = (gap.quality or 0.0) - costs[gap.length]
            if gap.length > window.cap:
                points -= _OVER_CAP * (gap.length - window.cap)
            if points > most:
                best, most = Cut(gap.end, Boundary.WORD), points
        return best

    def _inside(self, window: Window) -> Cut | Wait:
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


def _later(window: Window, known: int) -> int:
    """`known`; a step on where so much has come and the mark in question still is held."""
    return known if known > window.known else window.known + _STEP


def _edge(window: Window, index: int) -> int:
    """The first character from `index` on that is not white space."""
    match = _NEXT.search(window.text, index)
    return match.start() if match else window.known + 1
