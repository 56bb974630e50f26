"""Cuts running text into cues as it arrives: paragraphs of a script, lines of a pipe. Plain."""

_LINE_ENDS = str.maketrans({"\r": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n\n"})


class ParagraphSplitter:
    r"""A blank line ends a paragraph at once; a single newline is part of it.

    `push` and `finish` return pieces of text and, for each paragraph's end, None. Joined, the
    pieces of a paragraph are its text as written (line ends as ``\n``), its last line end included,
    without what is blank before and behind it, however the text was cut. A line end is given
    out at once: it completes the line's last word. Blank space after it is kept back until the next
    character tells whether the line has anything else.
    """

    def __init__(self) -> None:
        self._inside = False
        self._line_begins = False  # a line of a paragraph has ended, the next one is blank so far
        self._held: list[str] = []  # the blank space of that line
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
        if self._line_begins:
            self._held.clear()
            self._end(pieces)
        elif self._inside:
            line = pieces.pop() if pieces else ""
            pieces.append(f"{line}\n")
            self._line_begins = True

    def _take(self, line: str, pieces: list[str | None]) -> None:
        """A stretch without a line end in it."""
        if self._line_begins and line.isspace():
            self._held.append(line)
            return
        if not self._inside:
            line = line.lstrip()
            self._inside = bool(line)
        if line:
            pieces.append("".join((*self._held, line)))
            self._held.clear()
            self._line_begins = False

    def _end(self, pieces: list[str | None]) -> None:
        if self._inside:
            pieces.append(None)
        self._inside = self._line_begins = False


class LineSplitter(ParagraphSplitter):
    """Each line that is not blank is a cue of its own; else as `ParagraphSplitter`."""

    def _break_line(self, pieces: list[str | None]) -> None:
        self._end(pieces)
