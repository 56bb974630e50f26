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
        self._character: str | None = None  # how the next text is spoken
        self._speed = 1.0
        self._pause_s = 0.0
        self._begins = self._scene = False
        self._turns = True  # the next text begins a piece
        self._pieces: list[ScriptPiece] = []
        self._begin = self._end = -1  # the piece that is being written
        self._base = 0
        self._text = ""
        self._style: tuple[str | None, float] = (None, 1.0)  # how it is spoken, or the last was
        self._start: tuple[float, bool, bool] = _GOES_ON
        self._is_first = True

    def speak_as(self, character: str | None) -> None:
        """What follows is said by `character`."""
        if character != self._character:
            self._character = character
            self._turns = True

    def speak_at(self, speed: float) -> None:
        """What follows is said at this factor on the rate."""
        self._speed = speed
        self._turns = True

    def pause(self, seconds: float, most: float) -> None:
        """Be silent before what follows; pauses add up, to `most` seconds."""
        self._pause_s = min(most, self._pause_s + seconds)
        self._turns = True

    def begin(self, *, scene: bool = False) -> None:
        """Begin an utterance with what follows, behind a scene break where `scene`."""
        self._begins = self._turns = True
        self._scene |= scene

    def say(self, text: str, base: int, begin: int, end: int) -> None:
        """Speak ``text[begin:end]``; `text` begins at `base` in the cue."""
        if self._turns:
            begin = self._turn(text, base, begin, end)
            if begin == end:
                return
        if begin != self._end:
            self._close()
            self._text, self._base, self._begin = text, base, begin
        self._end = end

    def _turn(self, text: str, base: int, begin: int, end: int) -> int:
        """Where the first text of the next piece is; what is blank before it is the last one's,
        whose end it is, or is left out."""
        style = (self._character, self._speed)
        starts = self._begins or self._scene or self._pause_s > 0
        self._turns = False
        if style == self._style and not starts and not self._is_first:
            return begin
        blank_to = begin
        while blank_to < end and text[blank_to].isspace():
            blank_to += 1
        if not starts and begin < blank_to:
            self.say(text, base, begin, blank_to)
        if blank_to == end:
            self._turns = True
            return end
        self._close()
        self._style = style
        self._start = (self._pause_s, self._begins, self._scene)
        self._is_first = self._begins = self._scene = False
        self._pause_s = 0.0
        return blank_to

    def _close(self) -> None:
        if self._end > self._begin:
            text = self._text[self._begin : self._end]
            start = self._base + self._begin
            self._pieces.append(ScriptPiece(text, start, *self._style, *self._start))
            self._start = _GOES_ON
        self._begin = self._end = -1
        self._text = ""

    def finish(self, end: int) -> None:
        """No more text comes; the cue's ends at `end`."""
        self._close()
        if self._pause_s or self._scene:
            start = (self._pause_s, self._begins, self._scene)
            self._pieces.append(ScriptPiece("", end, self._character, self._speed, *start))

    def take(self) -> list[ScriptPiece]:
        """The pieces made since the last call."""
        self._close()
        pieces, self._pieces = self._pieces, []
        return pieces
