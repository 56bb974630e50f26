"""Voices that are heard for a moment, through the narrator itself, so that they sound as they will.
Plain."""

from typing import TYPE_CHECKING

from ...core.errors import StateError

if TYPE_CHECKING:
    from ...core.cue import Cue
    from .seam import ConsoleNarrator as Narrator


class Auditions:
    """One at a time. A narration goes before: none begins while something is spoken, and whatever
    is given next ends it."""

    def __init__(self) -> None:
        self._cue: Cue | None = None

    def narrates(self, narrator: "Narrator | None") -> bool:
        """Something is being spoken, or waits, that is no audition."""
        auditions = self._cue is not None and self._cue.outcome is None
        return narrator is not None and narrator.waiting > auditions

    def begin(
        self, narrator: "Narrator", text: str, *, voice: str | None, character: str | None
    ) -> None:
        """Let a voice, or a character, say `text`; the audition before ends. Raises `StateError`
        while something is spoken, which it would disturb, and what `Narrator.play` does."""
        if self.narrates(narrator):
            raise StateError("something is being spoken: listen to a voice once it is quiet")
        self.end(narrator)
        self._cue = narrator.play(text, voice=voice, character=character)

    def end(self, narrator: "Narrator | None") -> None:
        """Something else is to be heard."""
        cue, self._cue = self._cue, None
        if cue is not None and cue.outcome is None and narrator is not None:
            narrator.cancel(cue)
