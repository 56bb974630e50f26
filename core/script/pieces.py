"""What the script grammar makes of a cue's text."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ScriptPiece:
    """A run of a cue's text that one speaker says."""

    text: str
    """As written, markup left out; empty where the piece only carries a pause or a scene break."""
    start: int
    """Offset of the text in the cue's."""
    character: str | None
    """Who speaks, by the name that the cast uses; None is the narrator."""
    speed: float = 1.0
    """Factor on the speaking rate."""
    pause_s: float = 0.0
    """Silence that the script asks for before it."""
    begins: bool = False
    """An utterance begins here, whoever spoke before."""
    scene: bool = False
    """A scene break lies before it."""


_GOES_ON: Final = (0.0, False, False)


class PieceWriter:
    """Joins what is spoken to pieces, cut only where the text or the way of speaking changes.

    A pause or a beginning waits for the first text that is not blank; the blank before it is left
    out. Blank text where the speaker changes is still the last one's, as a paragraph's end is.
    """

    def __init__(self) -> None:
        self.character: str | None = None
        self.speed = 1.0
        self.pause_s = 0.0
        """Asked for before the next text."""
        self.begins = False
        self.scene = False
        self._pieces: list[ScriptPiece] = []
        self._begin = self._end = -1  # the piece that is being written
        self._base = 0
        self._text = ""
        self._character: str | None = None  # how it is spoken, or the last one was
        self._speed = 1.0
        self._start: tuple[float, bool, bool] = _GOES_ON
        self._is_first = True

    def say(self, text: str, base: int, begin: int, end: int) -> None:
        """Speak ``text[begin:end]``; `text` begins at `base` in the cue."""
        changes = self._character != self.character or self._speed != self.speed or self._is_first
        starts = self.begins or self.scene or self.pause_s > 0
        if not changes and not starts:
            self._add(text, base, begin, end)
            return
        blank_to = begin
        while blank_to < end and text[blank_to].isspace():
            blank_to += 1
        if not starts and begin < blank_to:  # still the last one's: it ends that
            self._add(text, base, begin, blank_to)
        if blank_to == end:
            return
        self._close()
        self._character, self._speed = self.character, self.speed
        self._start = (self.pause_s, self.begins, self.scene)
        self._is_first = self.begins = self.scene = False
        self.pause_s = 0.0
        self._add(text, base, blank_to, end)

    def _add(self, text: str, base: int, begin: int, end: int) -> None:
        if begin != self._end:
            self._close()
            self._text, self._base, self._begin = text, base, begin
        self._end = end

    def _close(self) -> None:
        if self._end > self._begin:
            text = self._text[self._begin : self._end]
            start = self._base + self._begin
            self._pieces.append(
                ScriptPiece(text, start, self._character, self._speed, *self._start)
            )
            self._start = _GOES_ON
        self._begin = self._end = -1
        self._text = ""

    def finish(self, end: int) -> None:
        """No more text comes; the cue's ends at `end`."""
        self._close()
        if self.pause_s or self.scene:
            style = (self.character, self.speed, self.pause_s, self.begins, self.scene)
            self._pieces.append(ScriptPiece("", end, *style))

    def take(self) -> list[ScriptPiece]:
        """The pieces made since the last call."""
        self._close()
        pieces, self._pieces = self._pieces, []
        return pieces
