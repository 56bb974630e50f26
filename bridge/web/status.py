"""How the engine is, for whoever asks over HTTP. Plain: it is told events and looks when asked."""

from typing import Protocol

from ...core import events as core
from ...core.broadcast_link import BroadcastLink
from ...core.cue import Cue
from ...core.errors import SkaldcastError
from ...core.narrator_options import NarratorOptions
from ...core.rendering import Rendition
from ...core.subscription import Subscription
from ...core.synthesis.registry import ResolvedVoice, VoiceRow
from ...core.vitals import Vitals


class Watched(Protocol):
    """What is looked at: `core.narrator.Narrator` is one."""

    @property
    def options(self) -> NarratorOptions: ...

    @property
    def voice(self) -> ResolvedVoice: ...

    @property
    def started(self) -> bool: ...

    @property
    def closing(self) -> bool: ...

    @property
    def failure(self) -> SkaldcastError | None: ...

    @property
    def time_s(self) -> float: ...

    @property
    def broadcast(self) -> BroadcastLink: ...

    def cue(self, cue_id: str) -> Cue | None: ...

    def render(self, text: str, *, voice: str | None = None, speed: float = 1.0) -> Rendition: ...

    def voices(self) -> list[VoiceRow]: ...

    def vitals(self) -> Vitals: ...

    def events(self, *, capacity: int = 1000) -> Subscription: ...


class EngineStatus:
    """Whether it can speak, and what it is doing."""

    def __init__(self, narration: Watched) -> None:
        self._narration = narration
        self._output_lost: str | None = None

    def take(self, event: core.Event) -> None:
        """The engine told something."""
        match event:
            case core.OutputLost(reason=reason):
                self._output_lost = reason
            case core.OutputOpened():
                self._output_lost = None
            case _:
                pass

    @property
    def trouble(self) -> str | None:
        """Why it cannot speak, in one line; None where it can."""
        narration = self._narration
        if narration.failure is not None:
            return str(narration.failure)
        if narration.closing:
            return "it ends"
        if not narration.started:
            return "the voice is being loaded"
        if self._output_lost is not None:
            return f"the output is gone ({self._output_lost}); it is waited for"
        return None

    @property
    def voice(self) -> str:
        """What selects the narrator's voice; before it is there, what was asked for."""
        narration = self._narration
        return narration.voice.spec if narration.started else narration.options.voice

    @property
    def output(self) -> str:
        """What selects the output."""
        return self._narration.options.output

    @property
    def uptime_s(self) -> float:
        """Since the engine was made."""
        return self._narration.time_s

    def vitals(self) -> Vitals | None:
        """None before voice and output are there, and once they are gone."""
        narration = self._narration
        if not narration.started or narration.closing:
            return None
        return narration.vitals()
