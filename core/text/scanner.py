"""Holds the text that has come and finds its marks, each of them once."""

from bisect import bisect_right
from dataclasses import replace
from operator import attrgetter

from ..types import Boundary
from .boundaries import LOOK_BACK, Mark, Verdict, judge
from .language import Language

_KEEP = 2 * LOOK_BACK + 32
"""Characters kept before the current chunk: what a verdict may look back at."""
_TRIM = 1024
_HOLD, _COMMA, _CONJUNCTION = Verdict.HOLD, Boundary.COMMA, Boundary.CONJUNCTION
UNMATCHED = 12
"""A conjunction that is not complete yet begins at most so far from the end of the text; all
other marks are found by their first character."""


class Scanner:
    """The undecided text with the marks in it. Offsets are into `text`, which `trim` shortens."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self.text = ""
        self.known = 0
        """The end of the text that has come, trailing white space not counted."""
        self.judged = 0
        """All marks that begin before here have had their verdict."""
        self.marks: list[Mark] = []

    def append(self, text: str) -> None:
        """Add text that has come."""
        self.text += text
        self.known = len(self.text.rstrip())

    def scan(self, limit: int) -> None:
        """Judge the marks that begin before `limit`, as far as the text tells."""
        self.judged = self._scan(self.judged, limit, self.known, self.marks)

    def provisional(self) -> list[Mark]:
        """All marks, judged as if no further text came."""
        marks = self.marks[:-1] + [replace(mark) for mark in self.marks[-1:]]  # it may be merged
        self._scan(self.judged, self.known, len(self.text) + 1, marks)
        return marks

    def drop(self, end: int) -> None:
        """Forget the marks up to `end`, where a chunk ends."""
        del self.marks[: bisect_right(self.marks, end, key=attrgetter("end"))]
        self.judged = max(self.judged, end)

    def trim(self, begin: int) -> int:
        """Forget text that no verdict from `begin` on looks back at; by how many characters
        all offsets have become less."""
        cut = begin - _KEEP
        if cut < _TRIM - _KEEP:
            return 0
        self.text = self.text[cut:]
        self.known -= cut
        self.judged -= cut
        for mark in self.marks:
            mark.content_end -= cut
            mark.end -= cut
        return cut

    def _scan(self, start: int, limit: int, known: int, marks: list[Mark]) -> int:
        text, language = self.text, self._language
        if start >= limit:
            return start
        for match in language.pattern.finditer(text, start):
            verdict, mark = judge(text, match, known, language)
            if verdict is _HOLD:
                return min(match.start(), self.known)
            if mark is not None:
                if marks and marks[-1].end >= mark.end:
                    _merge(marks, mark)
                else:
                    marks.append(mark)
            start = match.end()
            if start >= limit:
                return start
        return max(start, self.known - UNMATCHED)


def _merge(marks: list[Mark], mark: Mark) -> None:
    """Of two marks at the same place the stronger one stays; a comma before a conjunction
    divides clauses, not a list."""
    last = marks[-1]
    if last.end > mark.end:
        return
    if mark.boundary is _CONJUNCTION:
        if last.boundary is _COMMA:
            last.lowered += mark.lowered
            last.worth = None
    elif mark.boundary > last.boundary:
        marks[-1] = mark
