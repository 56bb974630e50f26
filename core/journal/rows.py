"""What is recorded: one dataclass for each table, its fields the columns. Plain.

Times named ``*_at`` are the wall clock's, seconds since 1970 (they may jump); ``*_s`` are seconds
since the engine started. Offsets are in characters of the cue's whole text.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One run of the program that spoke."""

    table: ClassVar[str] = "sessions"
    keys: ClassVar[int] = 1
    """How many of the fields tell rows apart, from the first."""

    session: str
    command: str
    """``read``, ``say`` or ``headless``."""
    started_at: float
    ended_at: float | None = None
    """None while it runs, and for ever where it was killed."""
    clean: bool = False
    """It ended as it should: nothing is left to be resumed."""
    source: str | None = None
    """The absolute path of the file that it read."""
    source_digest: str | None = None
    """SHA-256 of the file's bytes, as hexadecimal digits."""
    voice: str = ""
    """The narrator's, as ``SYNTHESIZER:NAME``."""
    resumes: str | None = None
    """The session that it went on from."""


@dataclass(frozen=True, slots=True)
class CueRow:
    """A cue as far as is known; its text is in `TextRow`."""

    table: ClassVar[str] = "cues"
    keys: ClassVar[int] = 2

    session: str
    number: int
    """Its place in the session, from 0; of a file, the number of its paragraph."""
    cue_id: str
    voice: str | None
    """None is the narrator's."""
    character: str | None
    """Who speaks, where that was told."""
    language: str | None
    speed: float
    begin: int
    """Where speaking began: what is before was heard in an earlier session."""
    heard: int
    """Just past the last word that was heard."""
    queued_at: float
    queued_s: float
    started_at: float | None = None
    started_s: float | None = None
    finished_at: float | None = None
    finished_s: float | None = None
    outcome: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class TextRow:
    """A piece of a cue's text, as it came."""

    table: ClassVar[str] = "texts"
    keys: ClassVar[int] = 3

    session: str
    number: int
    start: int
    text: str


@dataclass(frozen=True, slots=True)
class ChunkRow:
    """A chunk that was heard."""

    table: ClassVar[str] = "chunks"
    keys: ClassVar[int] = 3

    session: str
    number: int
    start: int
    text: str
    audio_s: float
    """Seconds of the session's audio before it: pauses of the user's do not count."""
    duration_s: float


@dataclass(frozen=True, slots=True)
class WordRow:
    """A word that was heard; times as in `ChunkRow`."""

    table: ClassVar[str] = "words"
    keys: ClassVar[int] = 3

    session: str
    number: int
    start: int
    word: str
    audio_s: float
    duration_s: float


Row = SessionRow | CueRow | TextRow | ChunkRow | WordRow
TABLES: tuple[type[Row], ...] = (SessionRow, CueRow, TextRow, ChunkRow, WordRow)


def columns(kind: type[Row]) -> tuple[str, ...]:
    """The columns of a table, in the order of the fields."""
    return tuple(entry.name for entry in fields(kind))


_VALUES: dict[type[Row], Callable[[Row], tuple[Any, ...]]] = {
    kind: attrgetter(*columns(kind)) for kind in TABLES
}


def values(row: Row) -> tuple[Any, ...]:
    """What the columns hold: `astuple`, which copies deeply, takes ten times as long."""
    return _VALUES[type(row)](row)


def key(row: Row) -> tuple[Any, ...]:
    """What tells a row from all others."""
    return (row.table, *values(row)[: row.keys])
