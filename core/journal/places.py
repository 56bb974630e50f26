"""Where to go on in a text that was heard in part. Plain, no I/O."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_WORD = re.compile(r"[^\W_]+(?:[-'’.,:/][^\W_]+)*")
_CONTEXT_WORDS = 12
"""So many words around the place are looked for in a text that has changed."""
_LEAST_WORDS = 3
"""Fewer of them in a row are no evidence."""


def resume_offset(text: str, heard: int) -> int:
    """Where in `text` to go on after `heard` characters: at the next word, with the marks that
    open it; the length of the text where no word is left."""
    for word in _WORD.finditer(text):
        if word.end() > heard > word.start():
            heard = word.end()  # it has been heard, and `heard` counts it short
        elif word.start() >= heard:
            return 0 if heard == 0 else _opened(text, heard, word.start())
    return len(text)


def _opened(text: str, first: int, word: int) -> int:
    """Where the marks begin that stand directly before a word, not before `first`."""
    while word > first and not text[word - 1].isspace():
        word -= 1
    return word


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file to begin: what is before was heard."""

    paragraph: int
    offset: int = 0
    """In the paragraph, in characters."""


def find_place(paragraphs: Sequence[str], old: Place, text: str, before: str = "") -> Place | None:
    """Find, in a file that has changed, the place that was `old`, in the paragraph `text`; `before`
    is what was heard last where nothing of `text` was. None where nothing like it is there.

    The same paragraph wins; else the last words that were heard, else those that come next.
    """
    if text.strip():
        same = [n for n, paragraph in enumerate(paragraphs) if paragraph.strip() == text.strip()]
        if same:
            return Place(min(same, key=lambda n: abs(n - old.paragraph)), old.offset)
    words = [_Words(paragraph) for paragraph in paragraphs]
    heard = _Words(text[: old.offset]).plain or _Words(before).plain
    for count in range(min(_CONTEXT_WORDS, len(heard)), _LEAST_WORDS - 1, -1):
        if (found := _nearest(words, heard[-count:], old.paragraph)) is not None:
            n, at = found
            rest = resume_offset(paragraphs[n], words[n].spans[at + count - 1][1])
            return Place(n, rest) if rest < len(paragraphs[n]) else Place(n + 1)
    coming = _Words(text[old.offset :]).plain
    for count in range(min(_CONTEXT_WORDS, len(coming)), _LEAST_WORDS - 1, -1):
        if (found := _nearest(words, coming[:count], old.paragraph)) is not None:
            n, at = found
            return Place(n, _opened(paragraphs[n], 0, words[n].spans[at][0]))
    return None


class _Words:
    """The words of a text, for comparing, and where they stand."""

    def __init__(self, text: str) -> None:
        self.spans = [match.span() for match in _WORD.finditer(text)]
        self.plain = tuple(text[start:end].casefold() for start, end in self.spans)


def _nearest(
    words: Sequence[_Words], wanted: tuple[str, ...], number: int
) -> tuple[int, int] | None:
    """Paragraph and word at which `wanted` stands, nearest to paragraph `number`."""
    for n in sorted(range(len(words)), key=lambda n: abs(n - number)):
        plain = words[n].plain
        for at in range(len(plain) - len(wanted) + 1):
            if plain[at : at + len(wanted)] == wanted:
                return n, at
    return None


class Passover:
    """Takes a splitter's pieces (None ends a paragraph) and lets through what comes from a place's
    paragraph on, however the text was cut."""

    def __init__(self, place: Place) -> None:
        self._paragraphs = place.paragraph
        self._offset = place.offset

    def push(self, pieces: Sequence[str | None]) -> list[str | None]:
        """What of `pieces` is of paragraphs that are to be spoken."""
        left: list[str | None] = []
        for piece in pieces:
            if not self._paragraphs:
                left.append(piece)
            elif piece is None:
                self._paragraphs -= 1
        return left

    def begin(self) -> int:
        """Where in the cue to begin that is opened for what comes next: asked once for each."""
        offset, self._offset = self._offset, 0
        return offset
