"""What the bridge needs of the narrator: `core.narrator.Narrator` is one."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from ..core.audio_tap import AudioTap
from ..core.cue import Cue
from ..core.errors import SkaldcastError
from ..core.playout.buffer_statistics import Heard
from ..core.prediction import CuePrediction
from ..core.rendering import Rendition
from ..core.subscription import Subscription
from ..core.synthesis.registry import ResolvedVoice, VoiceRow
from ..core.types import Priority
from ..core.vitals import Vitals


class Speaker(Protocol):
    """As far as requests need it; each call returns at once."""

    def play(
        self,
        text: str = "",
        *,
        cue_id: str | None = None,
        voice: str | None = None,
        character: str | None = None,
        priority: Priority = Priority.DEMAND,
        speed: float = 1.0,
    ) -> Cue: ...

    def open(
        self,
        *,
        cue_id: str | None = None,
        voice: str | None = None,
        character: str | None = None,
        priority: Priority = Priority.DEMAND,
        speed: float = 1.0,
    ) -> Cue: ...

    def push(self, cue: Cue, text: str) -> None: ...

    def finish(self, cue: Cue) -> None: ...

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    def skip(self) -> None: ...

    def stop(self) -> None: ...

    def clear(self) -> None: ...

    def cancel(self, cue: Cue) -> None: ...

    def render(
        self,
        text: str,
        *,
        voice: str | None = None,
        character: str | None = None,
        speed: float = 1.0,
        keeps_words: bool = False,
    ) -> Rendition: ...

    def set_volume(self, volume: float) -> None: ...

    def cue(self, cue_id: str) -> Cue | None: ...

    def predict(self, cue: Cue) -> CuePrediction | None: ...

    def voices(self) -> Sequence[VoiceRow]: ...

    def set_cast(self, voices: Mapping[str, str]) -> None: ...

    def heard(self) -> Heard: ...

    def keep_pace(self, frame: int, at_s: float) -> None: ...

    def report(self) -> dict[str, Any]: ...

    def vitals(self) -> Vitals: ...

    @property
    def voice(self) -> ResolvedVoice: ...

    @property
    def cues(self) -> list[Cue]: ...

    @property
    def waiting(self) -> int: ...

    @property
    def state(self) -> str: ...

    @property
    def buffered_s(self) -> float: ...

    @property
    def time_s(self) -> float: ...


class OwnVoice(Speaker, Protocol):
    """A voice for one session: `core.voice_channels.voice_channel.VoiceChannel` is one."""

    def add_tap(self, tap: AudioTap) -> None: ...

    def close(self) -> None: ...

    @property
    def events(self) -> Subscription: ...

    @property
    def volume(self) -> float: ...

    @property
    def sample_rate(self) -> int: ...


class Narration(Speaker, Protocol):
    """As far as the server needs it."""

    def open_channel(self) -> OwnVoice: ...

    def events(self, *, capacity: int = 1000) -> Subscription: ...

    def add_tap(self, tap: AudioTap) -> None: ...

    @property
    def sample_rate(self) -> int: ...

    async def failed(self) -> None: ...

    @property
    def failure(self) -> SkaldcastError | None: ...
