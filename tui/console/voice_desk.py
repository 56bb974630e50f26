"""Makes, removes and chooses voices: files in threads, torch in a process, all as long work."""

import asyncio
import contextlib
import shlex
from argparse import ArgumentTypeError
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ...core.config import LoadedSettings
from ...core.errors import StateError, SynthesizerError
from ...core.settings import Settings
from ...core.synthesis.registry import VoiceRegistry, VoiceRow
from ...core.synthesis.xtts.voice_files import VoiceFolder
from ...core.user_path import user_path
from ..options import weight
from ..voice_making import SYNTHESIZER, add_blended, add_learned, remove_voice
from .prompting import dropped_path
from .voice_list import row_of
from .works import Work, Works


class VoiceSetup(Protocol):
    """Where voices and settings are kept. Called in threads; raises `ConfigError`."""

    def load_settings(self) -> LoadedSettings: ...

    def save_settings(self, values: Mapping[str, object]) -> Path: ...


@dataclass(frozen=True, slots=True)
class NewVoice:
    """What was written of a voice that is to be made."""

    name: str = ""
    made_of: str = ""
    """Paths of clips, or ``anna=0.6, berta=0.4``; separated by commas, or line by line."""
    language: str = ""

    def paths(self) -> list[str]:
        """The clips."""
        whole = dropped_path(self.made_of)
        texts = [str(whole)] if whole else _dropped(self.made_of) or _split(self.made_of)
        return [str(dropped_path(text) or user_path(text)) for text in texts]

    def parts(self) -> list[tuple[str, float]]:
        """Voices and weights; raises `StateError`."""
        try:
            return [weight(text) for text in _split(self.made_of)]
        except ArgumentTypeError as error:
            raise StateError(f"a voice to blend {error}") from error


class VoiceDesk:
    """`changed` is called where there are other voices than before, `restart` where the narrator's
    is another one, `say` what the user is to know and whether that is trouble."""

    def __init__(
        self,
        setup: VoiceSetup,
        works: Works,
        changed: Callable[[], None],
        restart: Callable[[], None],
        say: Callable[[str, bool], None],
    ) -> None:
        self.rows: Sequence[VoiceRow] = ()
        self.narrator = ""
        """The narrator's voice, as the settings have it."""
        self.last: dict[bool, NewVoice] = {False: NewVoice(), True: NewVoice()}
        """What was written last, blended or not: kept where it failed."""
        self._setup = setup
        self._works = works
        self._changed = changed
        self._restart = restart
        self._say = say
        self._added: set[str] = set()

    async def open(self) -> None:
        """Look at what is installed; raises `ConfigError`."""

        def look() -> tuple[str, list[VoiceRow], set[str]]:
            settings, added = self._settings(), set[str]()
            with contextlib.suppress(SynthesizerError):  # it has no voices then
                added.update(VoiceFolder(settings.xtts.voices).names())
            registry = VoiceRegistry(settings=settings.synthesizers)
            return settings.voice, registry.list_voices(), added

        self.narrator, self.rows, self._added = await asyncio.to_thread(look)

    def narrates(self, row: VoiceRow) -> bool:
        """Whether it is the narrator's."""
        return row_of(self.rows, self.narrator) is row

    def make(self, new: NewVoice, *, blends: bool) -> None:
        """Make a voice of clips, or between others, as long work. Raises `StateError` where
        something is not written."""
        self.last[blends] = new
        if not new.name.strip() or not new.made_of.strip():
            what = "voices with their weights" if blends else "at least one clip"
            raise StateError(f"a new voice needs a name and {what}")
        parts = new.parts() if blends else []
        name, language = new.name.strip(), new.language.strip() or None

        async def doing(work: Work) -> str:
            settings = await asyncio.to_thread(self._settings)
            if blends:
                made = await add_blended(settings, name, parts, language)
            else:
                made = await self._learn(work, settings, name, new.paths(), language)
            self.last[blends] = NewVoice()
            self._changed()
            return f"the voice {made} is there: x lets it be heard"

        self._works.start(f"Make the voice {name}", doing)

    async def _learn(
        self, work: Work, settings: Settings, name: str, paths: list[str], language: str | None
    ) -> str:
        def warn(text: str) -> None:
            self._say(f"warning: {text}", False)

        work.tell(0, note="reading the clips, loading the model")
        return await add_learned(settings, name, paths, language, warn)

    def check_removable(self, row: VoiceRow) -> None:
        """Raise `StateError` where it is no voice that was added."""
        voice = row.voice
        if f"{voice.synthesizer}:" != SYNTHESIZER or voice.name not in self._added:
            raise StateError(
                f"{voice.spec} came with its synthesizer: only voices that were added are removed"
            )

    async def remove(self, row: VoiceRow) -> str:
        """Delete a voice that was added; what to tell. Raises `SynthesizerError`."""
        await asyncio.to_thread(lambda: remove_voice(self._settings(), row.voice.name))
        self._changed()
        return f"the voice {row.voice.spec} is gone"

    async def choose(self, row: VoiceRow) -> str:
        """Let it be the narrator's: kept in the settings, and the voice starts again; what to
        tell. Raises `ConfigError`, and `StateError` where it is not installed."""
        check_installed(row)
        saved = {"voice": row.voice.spec}
        place = await asyncio.to_thread(self._setup.save_settings, saved)
        self.narrator = row.voice.spec
        self._restart()
        self._changed()
        return f"{row.voice.spec} is the narrator's voice, saved in {place}; it is being loaded"

    def _settings(self) -> Settings:
        return self._setup.load_settings().settings


def check_installed(row: VoiceRow) -> None:
    """Raise `StateError` where it cannot speak."""
    if row.missing:
        raise StateError(f"{row.voice.spec} is not installed; install it with: {row.missing}")


def _dropped(text: str) -> list[str]:
    """Several files, as terminals paste them when they are dropped; none where it is other text."""
    try:
        words = shlex.split(text)
    except ValueError:
        return []
    return words if len(words) > 1 and all(dropped_path(word) for word in words) else []


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.replace("\n", ",").split(",") if part.strip()]
