"""The session record, as the settings want it, kept beside a narration."""

import asyncio
import contextlib
import hashlib
import time
from argparse import Namespace
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from ..core.narrator import Narrator
from ..core.settings import JournalSettings
from ..core.subscription import Subscription
from .options import settings_of
from .streams import tell

if TYPE_CHECKING:
    from ..core.journal.observer import SessionObserver

_TICK_S = 0.2
_CAPACITY = 20_000
"""Events that may wait while the loop is busy: minutes of words."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What is known of a session when it begins."""

    command: str
    source: str | None = None
    source_digest: str | None = None
    resumes: str | None = None
    first: int = 0
    """The number of the first cue."""

    @classmethod
    def reading(cls, path: Path) -> "Begun":
        """The session of reading the file `path`."""
        begun = cls("read")
        if path.is_file():  # a pipe would be empty once it was looked at
            path = path.resolve()
            with contextlib.suppress(OSError), path.open("rb") as file:  # told by who reads it
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                return replace(begun, source=str(path), source_digest=digest)
        return begun


@dataclass(slots=True)
class _Ending:
    clean: bool = False


@contextlib.asynccontextmanager
async def recorded(arguments: Namespace, narrator: Narrator, begun: Begun) -> AsyncGenerator[None]:
    """Keep the record of what is narrated inside, where that is wanted. It ended as it should where
    nothing is raised inside. A journal that cannot be written is told, and costs nothing else."""
    settings = settings_of(arguments).settings
    if not settings.journal.enabled:
        yield
        return
    events, ending = narrator.events(capacity=_CAPACITY), _Ending()
    keeping = asyncio.create_task(
        _keep(settings.journal, settings.voice, narrator, begun, events, ending)
    )
    try:
        yield
        ending.clean = True
    finally:
        events.end()
        await keeping


async def _keep(
    settings: JournalSettings,
    voice: str,
    narrator: Narrator,
    begun: Begun,
    events: Subscription,
    ending: _Ending,
) -> None:
    # Imported while the voice is being loaded: before that it would delay the first word.
    from ..core.journal.keeper import SessionKeeper
    from ..core.journal.rows import SessionRow

    session = SessionRow(
        uuid4().hex[:12],
        begun.command,
        time.time(),
        source=begun.source,
        source_digest=begun.source_digest,
        voice=voice,
        resumes=begun.resumes,
    )
    keeper = SessionKeeper(
        settings.path,
        session,
        narrator.cue,
        tell,
        keep_days=settings.keep_days,
        first=begun.first,
        closing=lambda: narrator.closing,
    )
    try:
        await _follow(keeper.observer, events, narrator)
    finally:
        await asyncio.to_thread(keeper.close, clean=ending.clean)


async def _follow(observer: "SessionObserver", events: Subscription, narrator: Narrator) -> None:
    async def tick() -> None:
        dropped = 0
        while True:
            observer.tick(narrator.time_s)
            if events.dropped > dropped:
                dropped = events.dropped
                observer.catch_up()
            await asyncio.sleep(_TICK_S)

    ticking = asyncio.create_task(tick())
    try:
        async for event in events:
            observer.take(event)
    finally:
        ticking.cancel()
        await asyncio.gather(ticking, return_exceptions=True)
    observer.tick(narrator.time_s)
