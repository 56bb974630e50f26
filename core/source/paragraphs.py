"""Cuts running text into paragraphs as it arrives. Plain, no I/O."""

import re

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")


class ParagraphSplitter:
    """A blank line ends a paragraph at once; a single newline is part of it.

    `push` and `finish` return pieces of text and, for each paragraph's end, None. Joined, the
    pieces of a paragraph are its text as written, without outer blank space. A line end is kept
    back until the next character tells whether the line was the paragraph's last.
    """

    def __init__(self) -> None:
        self._held = ""  # blank space with a newline in it, whose meaning is open
        self._inside = False

    def push(self, text: str) -> list[str | None]:
        """More text has come."""
        pieces: list[str | None] = []
        text = (self._held + text.replace("\r\n", "\n").replace("\r", "\n")) if text else self._held
        self._held = ""
        *paragraphs, rest = _BLANK_LINE.split(text)
        for paragraph in paragraphs:
            self._take(paragraph.rstrip(), pieces)
            self._end(pieces)
        kept = rest.rstrip()
        if "\n" in rest[len(kept) :]:
            self._held = rest[len(kept) :]
            rest = kept
        self._take(rest, pieces)
        return pieces

    def finish(self) -> list[str | None]:
        """No more will come."""
        pieces: list[str | None] = []
        self._held = ""
        self._end(pieces)
        return pieces

    def _take(self, text: str, pieces: list[str | None]) -> None:
        if not self._inside:
            text = text.lstrip()
            self._inside = bool(text)
        if text:
            pieces.append(text)

    def _end(self, pieces: list[str | None]) -> None:
        if self._inside:
            pieces.append(None)
        self._inside = False
