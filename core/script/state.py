"""What the readers of a script share: the text, who speaks, what is written, and the place."""

import re
from enum import Enum
from typing import Final

from .look import Look
from .names import Characters
from .pieces import PieceWriter
from .speakers import Speakers

_SPECIAL = r"\n*_\[\](<\\`~!"
_PLAIN: Final = re.compile(rf"[^{_SPECIAL}]*")
_PLAIN_QUOTED: Final = re.compile(rf"[^{_SPECIAL}\"“”„«»‹›「」『』]*")


class Place(Enum):
    """Where the next character is."""

    LINE = "at a line's start"
    TAG = "behind the line's mark, where a tag may stand"
    ASIDE = "behind a tag"
    TEXT = "in text"
    SKIP = "in a line that is not spoken"
    BLOCK = "in a comment or a block of code that is not spoken"


class ScriptState:
    """Offsets named ``*_from`` and ``*_to`` are in the cue, indices in ``look.text``."""

    def __init__(self, characters: Characters, *, quotes: bool, speaker: str | None) -> None:
        self.characters = characters
        self.look = Look()
        self.speakers = Speakers(speaker, quotes=quotes)
        self.writer = PieceWriter()
        self.place = Place.LINE
        self.silent = True
        """Nothing of the line has been spoken."""
        self.leads = True
        """Nothing stood in the line but marks."""
        self.heading = False
        self.listed = False
        """The line is an item of a list."""
        self.line_from = 0
        self.paragraph_from = 0
        self.closer = ""
        """What ends the `BLOCK`."""
        self.plain = _PLAIN
        """Text without anything special where it is used."""
        self.switch()

    def switch(self) -> None:
        """Take over who speaks now."""
        self.writer.speak_as(self.speakers.character)
        self.plain = _PLAIN_QUOTED if self.speakers.hears_quotes else _PLAIN

    def say(self, begin: int, end: int) -> None:
        """Speak the text up to `end`."""
        look = self.look
        if self.silent and not look.text[begin:end].isspace():
            self.silent = self.leads = False
        self.writer.say(look.text, look.base, begin, end)
        look.at = end

    def drop(self, end: int) -> None:
        """Do not speak the text up to `end`."""
        self.look.at = end

    def take_tag(self, character: str | None, end: int, *, block: bool) -> None:
        """A tag up to `end` says who speaks what follows."""
        self.speakers.take_tag(character, block=block)
        self.writer.begin()
        self.leads = False
        self.drop(end)
        self.place = Place.TEXT if block else Place.ASIDE
        self.switch()

    def offset(self, index: int) -> int:
        """The index as an offset in the cue."""
        return self.look.base + index

    def skip_block(self, closer: str) -> None:
        """Speak nothing until `closer` has come."""
        self.closer = closer
        self.place = Place.BLOCK
