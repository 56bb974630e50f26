"""Which of the boundaries within reach a chunk shall end at.

Each boundary has points: its strength, less what its distance from the wanted length costs. The
best one wins, and it is let go as soon as nothing that may still come could beat it. So the
choice depends on the text alone, not on how it came in.
"""

import re
import unicodedata
from dataclasses import dataclass

from ..types import Boundary
from .boundaries import CONJUNCTION_BONUS, GAP, Mark, gap_quality
from .language import Language
from .profiles import LOOK_AHEAD, Limits

STRENGTH = {
    Boundary.WORD: 0.0,
    Boundary.CONJUNCTION: 42.0,
    Boundary.BRACKET: 56.0,
    Boundary.COMMA: 66.0,
    Boundary.DASH: 78.0,
    Boundary.COLON: 80.0,
    Boundary.SEMICOLON: 88.0,
    Boundary.SENTENCE: 100.0,
    Boundary.PARAGRAPH: 104.0,
}
"""Points of a boundary. A comma is worth a sentence end that lies 23 characters farther from
the first chunk's least length, or half a target range off."""
_MOST = STRENGTH[Boundary.PARAGRAPH]
_INSIDE, _OUTSIDE, _FIRST = 23.0, 115.0, 115.0
"""Points a distance of the target's middle costs: within the target, beyond it, and from the
least length where the first chunk is to be short."""
_SHORT_PARAGRAPH_REST = 40.0
_ONE_WORD, _TWO_WORDS = 35.0, 15.0
_OVER_CAP = 2.0

_TAIL = re.compile(r"\W{0,3}\w[\w'’-]*(?P<two>\s+\w[\w'’-]*)?(?P<mark>[.!?…。！？,;:])")
_PARAGRAPH = re.compile(r"\n(?=[^\S\n]*\n)|\u2029")
_NEXT = re.compile(r"\S")
_HEAD = re.compile(r"[.!?…;:][\"”’»)\]]*\s+\W{0,3}\w[\w'’-]*\W?\Z")
_JOINERS = frozenset("\u200c\u200d\ufe0e\ufe0f") | {chr(0x1F3FB + tone) for tone in range(5)}


@dataclass(frozen=True, slots=True)
class Scale:
    """Turns lengths into points, for one profile at one pace."""

    limits: Limits

    def cost(self, length: int, short: bool) -> float:
        """Points that a length costs; `short` for the first chunk."""
        low, high = self.limits.low, self.limits.high
        middle = (low + high) / 2
        if short:
            return _FIRST / middle * (length - self.limits.least)
        outside = max(low - length, length - high, 0)
        return (_INSIDE * (abs(length - middle) - outside) + _OUTSIDE * outside) / middle

    def reach(self, points: float, short: bool) -> int:
        """From this length on nothing that may still come beats `points`."""
        low, high = self.limits.low, self.limits.high
        middle = (low + high) / 2
        spare = _MOST - points
        if short:
            return self.limits.least + int(spare / _FIRST * middle) + 1
        length = middle + spare / _INSIDE * middle
        if length > high:
            length = high + (spare - _INSIDE * (high - middle) / middle) / _OUTSIDE * middle
        return int(length) + 1


@dataclass(frozen=True, slots=True)
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
        if window.closed and length <= limits.most and length < 2 * limits.least:
            return whole
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
        return _MOST - self._scale.cost(window.known - window.begin, window.short)

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
            if fits is None or (window.judged <= mark.end and not window.closed):
                open_marks.append(mark)
            elif fits:
                fitting.append(mark)
                if mark.boundary is Boundary.PARAGRAPH:
                    break
        return fitting, open_marks

    def _best(
        self, window: Window, marks: list[Mark], cap: int
    ) -> tuple[Mark | None, float]:
        """The best mark not beyond `cap` characters, and its points."""
        best, most = None, float("-inf")
        for mark in marks:
            length = mark.content_end - window.begin
            if length > cap:
                break
            points = self._worth(window, mark) - self._scale.cost(length, window.short)
            points -= _OVER_CAP * max(0, length - window.cap)
            if points > most:
                best, most = mark, points
        return best, most

    def _worth(self, window: Window, mark: Mark) -> float:
        """Strength, less what a word or a short paragraph end left alone costs."""
        points = STRENGTH[mark.boundary] - mark.lowered
        if mark.boundary is Boundary.PARAGRAPH:
            return points
        paragraph = _PARAGRAPH.search(window.text, mark.end, mark.end + self._limits.least)
        if paragraph is not None:
            points -= _SHORT_PARAGRAPH_REST
        if mark.boundary is Boundary.SENTENCE:
            return points
        tail = _TAIL.match(window.text, mark.end, mark.end + LOOK_AHEAD)
        if tail is not None:
            ends = tail["mark"] not in ",;:"
            if ends or (not tail["two"] and mark.boundary <= Boundary.COMMA):
                points -= _TWO_WORDS if tail["two"] or not ends else _ONE_WORD
        if _HEAD.search(window.text, max(0, mark.content_end - 24), mark.content_end):
            points -= _ONE_WORD
        return points

    def _needed(self, window: Window, points: float, open_marks: list[Mark]) -> int:
        """How much text must be known before nothing can beat `points`."""
        if window.closed:
            return window.known
        for mark in open_marks:
            length = mark.content_end - window.begin
            most = _at_most(mark) - self._scale.cost(length, window.short)
            if length <= window.cap and most > points:
                return max(window.known + 1, mark.end + self._limits.tail_known)
        horizon = window.begin + min(self._scale.reach(points, window.short), window.cap)
        if window.judged > _edge(window, horizon):
            return window.known
        soonest = min(horizon + LOOK_AHEAD, window.known + self._limits.tail_known)
        return max(window.known + 1, soonest)

    def _last_resort(self, window: Window, open_marks: list[Mark], whole: Cut) -> Cut | Wait:
        """No mark within the cap: a word boundary, else beyond the cap, else inside a word."""
        limits = self._limits
        if not window.closed:
            needed = self._settled(window, window.cap, open_marks)
            if needed > window.known:
                return Wait(needed)
        choice = self._gap(window, window.cap)
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
        return (
            self._gap(window, limits.most)
            or self._gap(window, limits.most, short_rest=True)
            or self._gap(window, limits.most, short_rest=True, tied=True)
            or self._inside(window)
        )

    def _settled(self, window: Window, cap: int, open_marks: list[Mark]) -> int:
        """How much text must be known before no mark can come within `cap` characters."""
        edge = _edge(window, window.begin + cap)
        if open_marks and open_marks[0].content_end - window.begin <= cap:
            return max(window.known + 1, open_marks[0].end + self._limits.tail_known)
        needed = edge + self._limits.tail_known
        if window.judged <= edge:
            needed = max(needed, window.known + 1)
        return min(needed, max(window.known + 1, window.judged + self._limits.tail_known))

    def _gap(
        self, window: Window, cap: int, *, short_rest: bool = False, tied: bool = False
    ) -> Cut | Wait | None:
        """The best place between two words, at most `cap` characters from the start; where
        nothing else is left with a rest that is too short, or between words that are tied."""
        text, begin, limits = window.text, window.begin, self._limits
        best, most = None, float("-inf")
        for match in GAP.finditer(text, begin + limits.least, begin + cap + 1):
            content_end = match.start()
            end = _edge(window, content_end)
            length = content_end - begin
            if length > cap or end >= window.known:
                break
            if text[content_end - 1].isspace():
                continue
            fits = limits.tail_fits(window.known - end, window.closed)
            if fits is None:
                return Wait(end + limits.tail_known)
            quality = gap_quality(text, content_end, end, self._language)
            if not (fits or short_rest) or (quality is None and not tied):
                continue
            points = (quality or 0.0) - self._scale.cost(length, window.short)
            points -= _OVER_CAP * max(0, length - window.cap)
            if points > most:
                best, most = Cut(end, Boundary.WORD), points
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
            if text[cut] not in _JOINERS and text[cut - 1] != "\u200d":
                if not unicodedata.combining(text[cut]):
                    break
            cut -= 1
        return Cut(max(cut, begin + 1), Boundary.WORD)


def _at_most(mark: Mark) -> float:
    """Points that a mark may get once the text behind it is known."""
    strength = STRENGTH[mark.boundary] + CONJUNCTION_BONUS
    return max(strength, STRENGTH[Boundary.DASH]) - min(0.0, mark.lowered)


def _edge(window: Window, index: int) -> int:
    """The first character from `index` on that is not white space."""
    match = _NEXT.search(window.text, index)
    return match.start() if match else window.known + 1
