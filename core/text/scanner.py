"""Holds the text that has come and finds its marks, each of them once."""

import re
from bisect import bisect_right
from collections import deque
from dataclasses import replace
from operator import attrgetter

from ..types import Boundary
from .boundaries import LOOK_BACK, Mark, Verdict, judge
from .language import Language

_KEEP = 2 * LOOK_BACK + 32
"""Characters kept before the current chunk: what a verdict may look back at."""
_TRIM = 1024
_HOLD, _COMMA, _CONJUNCTION = Verdict.HOLD, Boundary.COMMA, Boundary.CONJUNCTION
_BREAKS = re.compile(r"[\n\u2029]")
UNMATCHED = 12
"""A conjunction that is not complete yet begins at most so far from the end of the text; all
other marks are found by their first character."""


class Scanner:
    """The undecided text with the marks in it. Offsets are into `text`, which `trim` shortens.

    Of white space that no chunk reaches across, `text` has only the beginning and what ends a
    paragraph: each look at it then costs the same however much is held. `take` gives all of it.
    """

    def __init__(self, language: Language, widest: int) -> None:
        """`widest`: of a longer run of white space the rest is left out of `text`."""
        self._language = language
        self._widest = widest
        self._wide = re.compile(rf"(?<!\s)\s{{{widest + 1},}}+")
        self._left_out: deque[tuple[int, str]] = deque()  # white space that is due before `text[n]`
        self.text = ""
        self.known = 0
        """The end of the text that has come, trailing white space not counted."""
        self.judged = 0
        """All marks that begin before here have had their verdict."""
        self.marks: list[Mark] = []

    @property
    def line_ended(self) -> bool:
        """Whether what has come ends with a whole line."""
        return "\n" in self.text[self.known :]

    def append(self, text: str) -> None:
        """Add text that has come."""
        added = self._squeezed(self.text[self.known :] + text)
        self.text = self.text[: self.known] + added
        self.known += len(added.rstrip())

    def take(self, begin: int, end: int) -> str:
        """The text from `begin`, where the last one ended, up to `end`, as it was written."""
        parts: list[str] = []
        while self._left_out and self._left_out[0][0] <= end:
            index, white = self._left_out.popleft()
            parts += self.text[begin:index], white
            begin = index
        return "".join((*parts, self.text[begin:end]))

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
        self.known = max(0, self.known - cut)
        self.judged -= cut
        self._left_out = deque((index - cut, white) for index, white in self._left_out)
        for mark in self.marks:
            mark.content_end -= cut
            mark.end -= cut
        return cut

    def _squeezed(self, text: str) -> str:
        """`text`, that begins at `known`, without the rest of white space that is too wide."""
        parts: list[str] = []
        begin, at = 0, self.known
        for match in self._wide.finditer(text):
            kept = self._narrowed(match.group(), at + match.start() - begin)
            parts += text[begin : match.start()], kept
            at += match.start() - begin + len(kept)
            begin = match.end()
        return "".join((*parts, text[begin:])) if parts else text

    def _narrowed(self, white: str, at: int) -> str:
        """The beginning of a run of white space at `at`, and the first that ends a paragraph. Of
        what it returns it leaves out nothing when it comes again."""
        kept, rest = white[: self._widest], white[self._widest :]
        while rest:
            ended = kept.count("\n") > 1 or "\u2029" in kept
            ends = None if ended else _BREAKS.search(rest)
            cut = ends.start() if ends else len(rest)
            if cut:
                self._left_out.append((at + len(kept), rest[:cut]))
            kept += rest[cut : cut + 1]
            rest = rest[cut + 1 :]
        return kept

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
