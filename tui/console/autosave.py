"""Keeps the list as it changes: written in a thread, one write at a time."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ...core.cue_list import CueList
from ...core.errors import TextError
from .keeping import Draft, Keeper, place_of


class Autosave:
    """What of the list is not kept yet. `trouble` is told what could not be written."""

    def __init__(self, keeper: Keeper, cues: CueList, trouble: Callable[[str], object]) -> None:
        self.script: Path | None = None
        """The file that the list was taken from, or saved in."""
        self.saved = True
        """Whether that file has all of it."""
        self._keeper = keeper
        self._cues = cues
        self._trouble = trouble
        self._list_changed = self._place_changed = False
        self._writing: asyncio.Task[None] | None = None

    def list_changed(self, *, edited: bool) -> None:
        """Cues came or went; by the user where it was `edited`."""
        self.saved = self.saved and not edited
        self._list_changed = True

    def place_changed(self) -> None:
        """Another cue stands by."""
        self._place_changed = True

    def save(self) -> None:
        """Begin to write what has changed, unless something is being written."""
        if self._writing is not None and not self._writing.done():
            return
        if self._list_changed:
            self._list_changed = self._place_changed = False
            draft = Draft.of(self._cues, self.script, saved=self.saved)
            self._writing = asyncio.create_task(self._write(self._keeper.save_draft, draft))
        elif self._place_changed:
            self._place_changed = False
            place = place_of(self._cues)
            self._writing = asyncio.create_task(self._write(self._keeper.save_place, place))

    async def finish(self) -> None:
        """Wait until all of it is kept, or could not be."""
        for _ in range(2):  # what is being written, and what came meanwhile
            self.save()
            if self._writing is not None:
                await self._writing

    async def _write(self, save: Callable[[Any], None], what: object) -> None:
        try:
            await asyncio.to_thread(save, what)
        except TextError as error:
            self._trouble(f"the list is not kept: {error}")
