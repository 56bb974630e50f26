"""What the console needs of whoever speaks for it: in this program (`core.narrator.Narrator` by way
of `setup.Setup`), or in another one (`remote_narrator`, `remote_setup`)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, Protocol, Self

if TYPE_CHECKING:
    from pathlib import Path

    from ...core.audio_tap import AudioTap
    from ...core.config import LoadedSettings
    from ...core.cue import Cue
    from ...core.cue_list import CueList, Line
    from ...core.errors import SkaldcastError
    from ...core.narrator import Narrator
    from ...core.narrator_options import NarratorOptions
    from ...core.playout.buffer_statistics import Heard
    from ...core.preparing import Preparation
    from ...core.script.cast import Cast
    from ...core.settings import LlmSettings
    from ...core.source.llm.conversation import Conversation
    from ...core.source.llm.status import StoryStatus
    from ...core.subscription import Subscription
    from ...core.synthesis.registry import ResolvedVoice
    from ...core.types import Priority
    from ...core.vitals import Vitals
    from ..bridging import Bridge
    from .settings_file import SettingsFile


class ConsoleNarrator(Protocol):
    """Speaks cues and tells of it, from entering on; as `Narrator` has it."""

    @property
    def options(self) -> "NarratorOptions": ...

    @property
    def voice(self) -> "ResolvedVoice": ...

    @property
    def started(self) -> bool: ...

    @property
    def failure(self) -> "SkaldcastError | None": ...

    @property
    def state(self) -> str: ...

    @property
    def buffered_s(self) -> float: ...

    @property
    def time_s(self) -> float: ...

    @property
    def waiting(self) -> int: ...

    @property
    def cues(self) -> "Sequence[Cue]": ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *_: object) -> None: ...

    def play(
        self,
        text: str,
        *,
        voice: str | None = None,
        character: str | None = None,
        priority: "Priority" = ...,
    ) -> "Cue": ...

    def prepare(
        self, text: str, *, voice: str | None = None, character: str | None = None
    ) -> "Preparation": ...

    def cancel_preparation(self, preparation: "Preparation") -> None: ...

    def recast(self, cast: "Cast") -> None: ...

    def set_output(self, output: str) -> None: ...

    def look_for_voices(self) -> None: ...

    def set_volume(self, volume: float) -> None: ...

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    def skip(self) -> None: ...

    def cancel(self, cue: "Cue") -> None: ...

    def stop(self) -> None: ...

    def cue(self, cue_id: str) -> "Cue | None": ...

    def events(self, *, capacity: int = 1000) -> "Subscription": ...

    def vitals(self) -> "Vitals": ...

    @property
    def sample_rate(self) -> int: ...

    def add_tap(self, tap: "AudioTap") -> None: ...

    def heard(self) -> "Heard": ...

    def report(self) -> dict[str, Any]: ...

    async def failed(self) -> None: ...

    async def drain(self) -> None: ...


class ConsoleStoryteller(Protocol):
    """Asks the language model, from entering on."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *_: object) -> None: ...

    @property
    def conversation(self) -> "Conversation": ...

    def use(self, settings: "LlmSettings", system: str) -> None: ...

    def tell(self, narrator: Any, prompt: str) -> object: ...

    def stop(self) -> None: ...


class ConsoleSetup(Protocol):
    """Makes what the console needs, anew at each start of the voice."""

    @property
    def voice_named(self) -> str: ...

    @property
    def farewell(self) -> str:
        """What becomes of the voice when the console is left."""
        ...

    @property
    def stands_still_with_us(self) -> bool:
        """The voice runs dry where this process is suspended."""
        ...

    @property
    def settings(self) -> "SettingsFile": ...

    @property
    def settings_file(self) -> "Path": ...

    def load_settings(self) -> "LoadedSettings": ...

    def save_settings(self, values: "Mapping[str, object]") -> "Path": ...

    def llm(self) -> "tuple[LlmSettings, str]": ...

    @property
    def bridge(self) -> "Bridge | None": ...

    @property
    def bridge_trouble(self) -> str:
        """Why there is no bridge; empty where there is one."""
        ...

    def client_brought(self, cue_id: str) -> bool: ...

    def client_count(self) -> int | None: ...

    def make_narrator(self) -> ConsoleNarrator: ...

    def make_renderer(self, options: "NarratorOptions", path: "Path") -> "Narrator": ...

    def make_storyteller(
        self, on_status: "Callable[[StoryStatus], None]"
    ) -> ConsoleStoryteller: ...

    def model_named(self) -> str: ...

    def given_before(self, narrator: Any, cues: "CueList") -> "Iterable[tuple[Line, Cue]]":
        """Lines of the list that the narrator had from a console before this one."""
        ...

    def around(self, narrator: Any) -> AbstractAsyncContextManager[None]: ...

    def beside(self, narrator: Any) -> AbstractAsyncContextManager[None]: ...

    def finish(self, narrator: Any) -> None: ...
