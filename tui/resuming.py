"""`--resume`: where the last session was cut off, and going on there."""

import contextlib
from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from ..core.errors import StorageError, SynthesisError
from ..core.journal.places import Passover, Place, find_place
from ..core.journal.record import JournalReader, SessionRecord
from ..core.journal.session_lock import is_running
from ..core.narrator import Narrator
from ..core.source.decoding import TextDecoder
from ..core.source.paragraphs import ParagraphSplitter
from .journaling import Begun
from .options import settings_of
from .streams import tell


def resume_file(arguments: Namespace, begun: Begun, path: Path) -> tuple[Begun, Passover | None]:
    """The session of reading `path` again, and what of it is passed over; None and `begun` where
    there is nothing to go on with, which is told."""
    source = begun.source or str(path)
    record = _reading(arguments, lambda journal: journal.last_of_file(source))
    if record is None:
        tell(f"no earlier session has read {path}; reading it from the beginning")
        return begun, None
    place = _place(record, path, begun.source_digest)
    if place is None:
        return begun, None
    resumed = replace(begun, resumes=record.row.session, first=place.paragraph)
    return resumed, Passover(place)


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


def resume_headless(arguments: Namespace, begun: Begun) -> tuple[Begun, SessionRecord | None]:
    """The session that goes on from the last one that was cut off, and that one; None and `begun`
    where there is none, which is told."""
    record = _reading(arguments, JournalReader.last_unclean)
    if record is None or not record.unfinished:
        tell("no session was cut off with anything left to speak; nothing is queued again")
        return begun, None
    return replace(begun, resumes=record.row.session), record


async def queue_again(narrator: Narrator, record: SessionRecord) -> None:
    """Speak what a session that was cut off had left, each cue under its own id."""
    left = record.unfinished
    tell(f"going on with the session that was cut off: {len(left)} cues are left")
    told = False
    for cue in left:
        await narrator.room()
        play = partial(
            narrator.play,
            cue.text,
            cue_id=cue.row.cue_id,
            character=cue.row.character,
            speed=cue.row.speed,
            begin=cue.rest,
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
