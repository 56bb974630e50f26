"""The session record, as the settings want it: kept beside a narration, and gone on from."""

import asyncio
import contextlib
import hashlib
import time
from argparse import Namespace
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from uuid import uuid4

from ..core.errors import StorageError, SynthesisError
from ..core.journal.observer import SessionObserver
from ..core.journal.places import Passover, Place, find_place
from ..core.journal.record import JournalReader, SessionRecord
from ..core.journal.rows import Row, SessionRow
from ..core.journal.session_lock import SessionLock, is_running
from ..core.journal.writer import JournalWriter
from ..core.narrator import Narrator
from ..core.source.decoding import TextDecoder
from ..core.source.paragraphs import ParagraphSplitter
from ..core.subscription import Subscription
from .options import settings_of
from .streams import tell

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
    prefixes: dict[str, str] = field(default_factory=dict[str, str])
    """As `SessionObserver.prefixes`; may be filled later."""
    first: int = 0
    """The number of the first cue."""


@contextlib.asynccontextmanager
async def recorded(arguments: Namespace, narrator: Narrator, begun: Begun) -> AsyncGenerator[None]:
    """Keep the record of what is narrated inside, where that is wanted. It ended as it should where
    nothing is raised inside. Never raises: a journal that cannot be written is told."""
    settings = settings_of(arguments).settings
    if not settings.journal.enabled:
        yield
        return
    path, session = settings.journal.path, uuid4().hex[:12]
    row = SessionRow(
        session,
        begun.command,
        time.time(),
        source=begun.source,
        source_digest=begun.source_digest,
        voice=settings.voice,
        resumes=begun.resumes,
    )
    locks: list[SessionLock] = []
    writer = JournalWriter(path, tell, keep_days=settings.journal.keep_days)

    def put(entry: Row) -> None:
        if not locks:  # a session without a cue is none
            # The one that is gone on from too: nobody else shall at the same time.
            held = [session, begun.resumes] if begun.resumes else [session]
            locks.extend(SessionLock(path, name) for name in held)
            writer.put(row)
        writer.put(entry)

    observer = SessionObserver(
        session, narrator.cue, put, time.time, begun.prefixes, next_number=begun.first
    )
    events = narrator.events(capacity=_CAPACITY)
    following = asyncio.create_task(_follow(observer, events, narrator))
    clean = False
    try:
        yield
        clean = True
    finally:
        events.end()
        await following
        if locks:
            writer.put(replace(row, ended_at=time.time(), clean=clean))
        await asyncio.to_thread(writer.close)
        for lock in locks:
            lock.release()


async def _follow(observer: SessionObserver, events: Subscription, narrator: Narrator) -> None:
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
    observer.catch_up()


def begin_file(arguments: Namespace, path: Path) -> tuple[Begun, Passover | None]:
    """The session of reading `path`, and what of it is passed over where it is to be resumed."""
    begun = Begun("read")
    if path.is_file():  # a pipe would be empty once it was looked at
        path = path.resolve()
        with contextlib.suppress(OSError), path.open("rb") as file:  # told by who reads it
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            begun = replace(begun, source=str(path), source_digest=digest)
    if not arguments.resume:
        return begun, None
    record = _reading(arguments, lambda journal: journal.last_of_file(path))
    if record is None:
        tell(f"no earlier session has read {path}; reading it from the beginning")
        return begun, None
    place = _place(record, path, begun.source_digest)
    if place is None:
        return begun, None
    passover = Passover(place)
    resumed = replace(
        begun,
        resumes=record.row.session,
        prefixes=passover.prefixes,
        first=place.paragraph,
    )
    return resumed, passover


def _place(record: SessionRecord, path: Path, digest: str | None) -> Place | None:
    """Where to go on in the file; None: at its beginning, which is told."""
    place, cue = record.next_place
    if cue is None and record.row.clean:
        tell(f"{path} was heard to its end; reading it from the beginning")
        return None
    if record.row.source_digest == digest:
        return place
    heard = [entry.text for entry in record.cues if entry.over]
    text = "" if cue is None else cue.text
    found = find_place(_paragraphs(path), place, text, heard[-1] if heard else "")
    if found is None:
        tell(f"{path} has changed, and the place is not in it any more; reading from the beginning")
    else:
        where = f"paragraph {found.paragraph + 1}"
        tell(f"{path} has changed since; going on at the same words, in {where}")
    return found


def _paragraphs(path: Path) -> list[str]:
    splitter = ParagraphSplitter()
    paragraphs, pieces = list[str](), list[str]()
    text = ""
    with contextlib.suppress(OSError):  # told by who reads it
        text = TextDecoder().decode(path.read_bytes(), final=True)
    for piece in (*splitter.push(text), *splitter.finish()):
        if piece is None:
            paragraphs.append("".join(pieces))
            pieces.clear()
        else:
            pieces.append(piece)
    return paragraphs


def begin_headless(arguments: Namespace) -> tuple[Begun, SessionRecord | None]:
    """The session of `--no-tui`, and the one that it goes on from, where that is wanted."""
    begun = Begun("headless")
    if not arguments.resume:
        return begun, None
    record = _reading(arguments, JournalReader.last_unclean)
    if record is None or not record.unfinished:
        tell("no session was cut off with anything left to speak; nothing is queued again")
        return begun, None
    return replace(begun, resumes=record.row.session), record


async def queue_again(narrator: Narrator, begun: Begun, record: SessionRecord) -> None:
    """Speak what a session that was cut off had left, each cue under its own id."""
    left = record.unfinished
    tell(f"going on with the session that was cut off: {len(left)} cues are left")
    told = False
    for cue in left:
        await narrator.room()
        begun.prefixes[cue.row.cue_id] = cue.text[: cue.rest]
        play = partial(
            narrator.play, cue.text[cue.rest :], cue_id=cue.row.cue_id, speed=cue.row.speed
        )
        try:
            play(voice=cue.row.voice, language=cue.row.language)
        except SynthesisError as error:  # another narrator's voice has taken over
            if not told:
                tell(f"{error}; spoken with the narrator's voice instead")
            told = True
            play()


def _reading(
    arguments: Namespace, question: Callable[[JournalReader], SessionRecord | None]
) -> SessionRecord | None:
    path = settings_of(arguments).settings.journal.path
    try:
        with JournalReader(path, partial(is_running, path)) as journal:
            return question(journal)
    except StorageError as error:
        tell(str(error))
        return None
