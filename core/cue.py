"""A cue: what a user, a script or a game triggers."""

import asyncio
from dataclasses import dataclass, field

from .types import Outcome, Priority
from .voice_in_use import VoiceInUse


@dataclass(eq=False)
class Cue:
    """A handle on something to be spoken; the engine fills it in. Times are seconds since the
    engine started."""

    cue_id: str
    voice: str | None = None
    """Its own voice; None is the narrator's."""
    spoken_by: VoiceInUse | None = field(default=None, repr=False)
    """What the engine made of `voice`."""
    character: str | None = None
    """Who speaks it, unless its script says otherwise; None is the narrator."""
    language: str | None = None
    """What it is written in, as BCP 47, or ``auto``; None is what the narrator was told."""
    priority: Priority = Priority.DEMAND
    speed: float = 1.0
    begin: int = 0
    """Characters of its text that were heard before: they are read, and not spoken."""
    complete: bool = False
    """All of its text has come."""
    queued_s: float = 0.0
    accepted_s: float | None = None
    """When its first non-blank text came."""
    started_s: float | None = None
    """When its first voiced frame left the device."""
    finished_s: float | None = None
    audio_s: float = 0.0
    """Seconds given to the output, pauses included, redone audio once."""
    outcome: Outcome | None = None
    error: str | None = None
    """Why it failed."""
    _pieces: list[str] = field(default_factory=list[str], repr=False)
    _ended: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    @property
    def text(self) -> str:
        """The text that has come so far, as written."""
        if len(self._pieces) > 1:  # joined when asked for: a long stream would be copied each time
            self._pieces = ["".join(self._pieces)]
        return self._pieces[0] if self._pieces else ""

    def add_text(self, text: str) -> None:
        """Called by the engine: more text has come."""
        self._pieces.append(text)

    async def wait_finished(self) -> Outcome:
        """Wait until it has been heard, skipped, interrupted or has failed."""
        await self._ended.wait()
        assert self.outcome is not None
        return self.outcome

    def end(self, outcome: Outcome, time_s: float) -> None:
        """Called by the engine, once."""
        self.outcome = outcome
        self.finished_s = time_s
        self._ended.set()
