"""A script as a list of cues, as in show control: one stands by, GO speaks it and the next stands
by. Plain: it speaks nothing itself (`prompter`)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from .errors import StateError
from .source.paragraphs import ParagraphSplitter
from .types import Outcome

MOST_CUES = 100_000


class CueState(StrEnum):
    """How far a line of the list has come."""

    WAITING = "waiting"
    PREPARING = "preparing"
    """Its speech is being made ahead."""
    PREPARED = "prepared"
    """It is heard as soon as it is given."""
    QUEUED = "queued"
    """It was given and waits for its turn."""
    SPEAKING = "speaking"
    SPOKEN = "spoken"
    SKIPPED = "skipped"
    """It was given and taken back before it was heard, or cut off."""
    FAILED = "failed"

    @property
    def is_live(self) -> bool:
        """It is with the narrator: it can be skipped, but no longer be changed."""
        return self in (CueState.QUEUED, CueState.SPEAKING)


_OUTCOMES = {
    Outcome.FINISHED: CueState.SPOKEN,
    Outcome.SKIPPED: CueState.SKIPPED,
    Outcome.INTERRUPTED: CueState.SKIPPED,
    Outcome.FAILED: CueState.FAILED,
}


@dataclass(eq=False, slots=True)
class Line:
    """One cue of the list. Made by the list; changed by its methods alone."""

    number: int
    """Its own in this list, for ever: not its place."""
    text: str
    character: str | None = None
    voice: str | None = None
    state: CueState = CueState.WAITING
    error: str | None = None
    """Why it failed."""


class CueList:
    """Lines in an order that can be changed, and the one that stands by.

    Raises `StateError` for what cannot be done to a line that is with the narrator, and for more
    than 100,000 lines; `ValueError` for a line that is not in the list.
    """

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._lines: list[Line] = []
        self._numbers = 0
        self._standby: Line | None = None
        for text in texts:
            self.append(text)

    @classmethod
    def of_script(cls, text: str) -> "CueList":
        """Each paragraph of a script is a cue."""
        return cls(paragraphs(text))

    def __len__(self) -> int:
        return len(self._lines)

    def __iter__(self) -> Iterator[Line]:
        return iter(self._lines)

    def __getitem__(self, index: int) -> Line:
        return self._lines[index]

    def index(self, line: Line) -> int:
        """The place of a line."""
        return self._lines.index(line)

    # what stands by

    @property
    def standby(self) -> Line | None:
        """What GO will speak; None at the end of the list."""
        return self._standby

    def stand_by(self, line: Line | None) -> None:
        """Choose what GO will speak, whether it was spoken before or not."""
        if line is not None:
            self.index(line)
        self._standby = line

    def take(self) -> Line | None:
        """GO: the line that stood by, which is with the narrator from now on. The next one stands
        by. None at the end of the list; raises `StateError` where the line is there already."""
        line = self._standby
        if line is None:
            return None
        if line.state.is_live:
            raise StateError(f"cue {self.index(line) + 1} is being spoken already")
        self._standby = self.after(line)
        line.state, line.error = CueState.QUEUED, None
        return line

    def after(self, line: Line) -> Line | None:
        """The line behind it."""
        place = self.index(line) + 1
        return self._lines[place] if place < len(self._lines) else None

    def ahead(self, count: int) -> list[Line]:
        """The line that stands by and those behind it, so many in all."""
        if self._standby is None:
            return []
        place = self.index(self._standby)
        return self._lines[place : place + count]

    # what becomes of them

    def speaking(self, line: Line) -> None:
        """Its first word is heard."""
        if line.state is CueState.QUEUED:
            line.state = CueState.SPEAKING

    def ended(self, line: Line, outcome: Outcome, error: str | None = None) -> None:
        """It has been heard, cut off, or has failed."""
        line.state, line.error = _OUTCOMES[outcome], error

    def preparing(self, line: Line) -> None:
        """Its speech is being made."""
        if not line.state.is_live:
            line.state = CueState.PREPARING

    def prepared(self, line: Line, error: str | None = None) -> None:
        """Its speech is there, or could not be made: it is tried again when it is given."""
        if line.state is CueState.PREPARING:
            line.state = CueState.WAITING if error else CueState.PREPARED
            line.error = error

    def unprepared(self, line: Line) -> None:
        """Its speech will not be made ahead, or is kept no longer."""
        if line.state in (CueState.PREPARING, CueState.PREPARED):
            line.state = CueState.WAITING

    # changes

    def append(self, text: str, *, character: str | None = None, voice: str | None = None) -> Line:
        """A new line at the end."""
        return self.insert(len(self._lines), text, character=character, voice=voice)

    def insert(
        self, index: int, text: str, *, character: str | None = None, voice: str | None = None
    ) -> Line:
        """A new line before the one at `index`."""
        if len(self._lines) >= MOST_CUES:
            raise StateError(f"the list holds {MOST_CUES} cues: open the rest as another script")
        self._numbers += 1
        line = Line(self._numbers, text, character, voice)
        at_end = index >= len(self._lines)
        self._lines.insert(index, line)
        if self._standby is None and at_end:
            self._standby = line  # the list had come to its end, or had none
        return line

    def duplicate(self, line: Line) -> Line:
        """The same once more, behind it."""
        place = self.index(line) + 1
        return self.insert(place, line.text, character=line.character, voice=line.voice)

    def edit(self, line: Line, text: str) -> None:
        """Change what will be spoken."""
        self._check_free(line, "changed")
        if text != line.text:
            line.text, line.state, line.error = text, CueState.WAITING, None

    def remove(self, line: Line) -> None:
        """Take it out; where it stood by, the next one does."""
        self._check_free(line, "removed")
        if self._standby is line:
            self._standby = self.after(line)
        self._lines.remove(line)

    def move(self, line: Line, index: int) -> None:
        """Put it at the place `index`; what stands by stays the same line."""
        self._lines.insert(min(max(index, 0), len(self._lines) - 1), self._pop(line))

    def find(self, text: str, start: int = 0) -> Line | None:
        """The first line from `start` on that has `text` in it, in any case, from the beginning
        again where there is none; None where there is none at all."""
        wanted = text.casefold()
        order = [*self._lines[start:], *self._lines[:start]]
        return next((line for line in order if wanted in line.text.casefold()), None)

    def _pop(self, line: Line) -> Line:
        return self._lines.pop(self.index(line))

    def _check_free(self, line: Line, done: str) -> None:
        place = self.index(line)
        if line.state.is_live:
            raise StateError(f"cue {place + 1} is being spoken: it cannot be {done}; skip it first")


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a script, outer white space left out."""
    found: list[str] = []
    pieces: list[str] = []
    splitter = ParagraphSplitter()
    for piece in (*splitter.push(text), *splitter.finish(), None):
        if piece is not None:
            pieces.append(piece)
        elif pieces:
            found.append("".join(pieces).strip())
            pieces.clear()
    return [paragraph for paragraph in found if paragraph]
