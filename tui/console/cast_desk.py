"""Keeps the campaign's cast while it is edited: read, given to the voice, and written.

Files are read and written in threads, one at a time; what was changed meanwhile is written next.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ...core.config import LoadedSettings
from ...core.errors import ConfigError
from ...core.script.cast import CharacterVoice
from ...core.script.cast_file import read_cast, write_cast
from ...core.synthesis.registry import VoiceRegistry, VoiceRow
from ..campaign import CastRules, cast_rules
from .casting import Casting, characters_in

if TYPE_CHECKING:
    from ...core.cue_list import CueList
    from ...core.script.cast import Cast

CAST_NAME = "cast.toml"
"""Of a new cast file, beside the settings."""


class CastSetup(Protocol):
    """Where the cast is kept. Called in threads; raises `ConfigError`."""

    def load_settings(self) -> LoadedSettings: ...

    def save_settings(self, values: dict[str, object]) -> Path: ...


@dataclass(frozen=True, slots=True)
class _Read:
    path: Path | None
    parts: tuple[CharacterVoice, ...]
    rules: CastRules
    rows: tuple[VoiceRow, ...]


class CastDesk:
    """`recast` gives a cast to the voice that runs; `say` is told what the user is to know, and
    whether that is trouble; `on_saved` is called once the file has all of it."""

    def __init__(
        self,
        setup: CastSetup,
        cues: "CueList",
        recast: "Callable[[Cast], None]",
        say: Callable[[str, bool], None],
        on_saved: Callable[[], object],
    ) -> None:
        self.casting = Casting((), "")
        self.path: Path | None = None
        """The cast file; None while the settings name none."""
        self.rows: Sequence[VoiceRow] = ()
        """The voices there are."""
        self.is_saved = True
        self._setup = setup
        self._cues = cues
        self._recast = recast
        self._say = say
        self._on_saved = on_saved
        self._written: tuple[CharacterVoice, ...] = ()
        self._overwrites = False
        self._revision = 0
        self._writing: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Read the cast, the voices, and who speaks in the list; raises `ConfigError`. What could
        not be written before stays as it is."""
        revision, was_saved = self._revision, self.is_saved
        read = await asyncio.to_thread(self._read, None)
        self.rows = read.rows
        if was_saved and revision == self._revision:  # else it may be older than what is here
            self._take(read)
        await self._look_who_speaks()

    async def keep_in(self, path: Path) -> None:
        """Keep the cast in this file from now on; one that is there is read. Raises
        `ConfigError`."""

        def name_it() -> _Read:
            if path.exists():
                read_cast(path)
            self._setup.save_settings({"cast.file": str(path)})
            return self._read(path)

        self._take(await asyncio.to_thread(name_it))
        await self._look_who_speaks()

    def changed(self) -> None:
        """Have the next cue spoken so, and write it."""
        self._recast(self.casting.cast())
        self.is_saved = False
        self._revision += 1
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write(), name="write the cast")

    def write_over(self) -> None:
        """Write it, whatever stands in the file by now."""
        self._overwrites = True
        self.changed()

    async def close(self) -> None:
        """Wait until all is written that can be."""
        if self._writing is not None:
            await asyncio.wait((self._writing,))

    def _read(self, path: Path | None) -> _Read:
        loaded = self._setup.load_settings()
        path = path or loaded.settings.cast.file
        parts = () if path is None or not path.exists() else tuple(read_cast(path))
        registry = VoiceRegistry(settings=loaded.settings.synthesizers)
        return _Read(path, parts, cast_rules(loaded), tuple(registry.list_voices()))

    def _take(self, read: _Read) -> None:
        self.path, self.rows, self._written = read.path, read.rows, read.parts
        self.casting = Casting(read.parts, read.rules.narrator, read.rules.cast)

    async def _look_who_speaks(self) -> None:
        cues = [(line.character, line.text) for line in self._cues]
        canonical = self.casting.cast().canonical
        self.casting.meet(await asyncio.to_thread(characters_in, cues, canonical))

    async def _write(self) -> None:
        while not self.is_saved:
            assert self.path is not None
            parts = self.casting.parts
            try:
                await asyncio.to_thread(self._save, self.path, parts)
            except ConfigError as error:
                self._say(f"the voice has the change, the cast file has not: {error}", True)
                return
            self._written, self._overwrites = parts, False
            self.is_saved = parts == self.casting.parts
        self._on_saved()

    def _save(self, path: Path, parts: Sequence[CharacterVoice]) -> None:
        """Raises `ConfigError`, also where somebody else has changed the file: that is not
        written over."""
        there = _by_name(read_cast(path)) if path.exists() else {}
        if not self._overwrites and there not in (_by_name(self._written), _by_name(parts)):
            raise ConfigError(
                f"{path} was changed by somebody else: save that elsewhere, or press Ctrl+S here "
                "to write over it"
            )
        write_cast(path, parts)


def _by_name(parts: Sequence[CharacterVoice]) -> dict[str, CharacterVoice]:
    return {part.character: part for part in parts}
