"""Cuts running text into cues as it arrives: paragraphs of a script, lines of a pipe. Plain."""

_LINE_ENDS = str.maketrans({"\r": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n\n"})


class ParagraphSplitter:
    r"""A blank line ends a paragraph at once; a single newline is part of it.

    `push` and `finish` return pieces of text and, for each paragraph's end, None. Joined, the
    pieces of a paragraph are its text as written (line ends as ``\n``), without what is blank
    before it and the line ends behind it, however the text was cut. A line end is kept back until
    the next character tells whether the line was the paragraph's last.
    """

    def __init__(self) -> None:
        self._inside = False
        self._held: list[str] = []  # a line end and the blank space after it: its meaning is open
        self._after_return = False  # the last character was "\r": a "\n" now belongs to it

    def push(self, text: str) -> list[str | None]:
        """More text has come."""
        pieces: list[str | None] = []
        for index, line in enumerate(self._lines(text)):
            if index:
                self._break_line(pieces)
            if line:
                self._take(line, pieces)
        return pieces

    def finish(self) -> list[str | None]:
        """No more will come."""
        self._held.clear()
        pieces: list[str | None] = []
        self._end(pieces)
        return pieces

    def _lines(self, text: str) -> list[str]:
        if self._after_return and text.startswith("\n"):
            text = text[1:]
            self._after_return = False
        if text:
            self._after_return = text.endswith("\r")
        return text.replace("\r\n", "\n").translate(_LINE_ENDS).split("\n")

    def _break_line(self, pieces: list[str | None]) -> None:
        if self._held:
            self._held.clear()
            self._end(pieces)
        elif self._inside:
            self._held.append("\n")

    def _take(self, line: str, pieces: list[str | None]) -> None:
        """A stretch without a line end in it."""
        if self._held and line.isspace():
            self._held.append(line)
            return
        if not self._inside:
            line = line.lstrip()
            self._inside = bool(line)
        if line:
            pieces.append("".join((*self._held, line)))
            self._held.clear()

    def _end(self, pieces: list[str | None]) -> None:
        if self._inside:
            pieces.append(None)
        self._inside = False


class LineSplitter(ParagraphSplitter):
    """Each line that is not blank is a cue of its own; else as `ParagraphSplitter`."""

    def _break_line(self, pieces: list[str | None]) -> None:
        self._end(pieces)
