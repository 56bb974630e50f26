"""Reads the journal: which sessions there are, what was said, and where one may go on."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import StorageError
from ..types import Outcome
from .database import failed, open_existing
from .places import Place, resume_offset
from .rows import ChunkRow, CueRow, SessionRow, WordRow, columns

_OVER = (Outcome.FINISHED, Outcome.SKIPPED)
"""A cue that ended so is not spoken again: it was heard, or not wanted."""


@dataclass(frozen=True, slots=True)
class CueRecord:
    """A cue, its text, and what of it was heard."""

    row: CueRow
    text: str
    """All of it, as it came."""
    chunks: tuple[ChunkRow, ...] = ()
    words: tuple[WordRow, ...] = ()

    @property
    def over(self) -> bool:
        """Nothing of it is left to be spoken."""
        return self.row.outcome in _OVER

    @property
    def rest(self) -> int:
        """Where in its text to go on, at a word."""
        return resume_offset(self.text, self.row.heard)


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """A session and its cues, in their order."""

    row: SessionRow
    cues: tuple[CueRecord, ...]

    @property
    def unfinished(self) -> tuple[CueRecord, ...]:
        """The cues of which something is left to be spoken. One that failed while later ones were
        heard is not among them: as much of it as could be was."""
        last = self._last_over
        return tuple(
            cue
            for cue in self.cues
            if not cue.over
            and cue.text[cue.rest :].strip()
            and not (cue.row.outcome == Outcome.FAILED and cue.row.number < last)
        )

    @property
    def next_place(self) -> tuple[Place, CueRecord | None]:
        """Of a file: where to go on, and the cue that is there, as far as it had been read."""
        last = self._last_over
        for cue in self.cues:
            if cue.row.number > last and cue.text[cue.rest :].strip():
                return Place(cue.row.number, cue.rest), cue
            last = max(last, cue.row.number)
        return Place(last + 1), None

    @property
    def _last_over(self) -> int:
        return max((cue.row.number for cue in self.cues if cue.over), default=-1)


class JournalReader:
    """Answers questions about a journal; raises `StorageError` where there is none, or it cannot
    be read. Use it in ``with``."""

    def __init__(
        self, path: Path, is_running: Callable[[str], bool] = lambda session: False
    ) -> None:
        self._path = path
        self._is_running = is_running
        self._connection = open_existing(path)

    def __enter__(self) -> "JournalReader":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def sessions(self) -> list[tuple[SessionRow, int]]:
        """All sessions and how many cues each has, the last one first."""
        rows = self._ask(
            "SELECT (SELECT count(*) FROM cues WHERE cues.session = sessions.session), "
            f"{_SESSION} FROM sessions ORDER BY rowid DESC"
        )
        return [(_session(row[1:]), row[0]) for row in rows]

    def find(self, name: str) -> str:
        """The session whose id begins with `name`, or the last one for ``last``."""
        ids = [row.session for row, _ in self.sessions()]
        matches = ids[:1] if name == "last" else [i for i in ids if i.startswith(name)]
        if len(matches) != 1:
            wrong = "several sessions begin" if matches else "no session begins"
            raise StorageError(
                f"{wrong} with {name!r} in {self._path}; `skaldcast journal list` lists them"
            )
        return matches[0]

    def record(self, session: str) -> SessionRecord:
        """All of a session."""
        (found,) = self._ask(f"SELECT {_SESSION} FROM sessions WHERE session = ?", session)
        rows = self._ask(f"SELECT {_CUE} FROM cues WHERE session = ? ORDER BY number", session)
        texts = self._by_cue("number, text", "texts", "start", session)
        chunks = self._by_cue(_CHUNK, "chunks", "audio_s, start", session)
        words = self._by_cue(_WORD, "words", "audio_s, start", session)
        cues = (
            CueRecord(
                cue,
                "".join(row[1] for row in texts.get(cue.number, ())),
                tuple(ChunkRow(*row) for row in chunks.get(cue.number, ())),
                tuple(WordRow(*row) for row in words.get(cue.number, ())),
            )
            for cue in (CueRow(*row) for row in rows)
        )
        return SessionRecord(_session(found), tuple(cues))

    def _by_cue(
        self, columns: str, table: str, order: str, session: str
    ) -> dict[int, list[tuple[Any, ...]]]:
        """Rows by the numbers of their cues: a question for each of 10,000 cues takes seconds."""
        rows = self._ask(
            f"SELECT number, {columns} FROM {table} WHERE session = ? ORDER BY number, {order}",
            session,
        )
        found: dict[int, list[tuple[Any, ...]]] = {}
        for number, *row in rows:
            found.setdefault(number, []).append(tuple(row))
        return found

    def last_of_file(self, source: str) -> SessionRecord | None:
        """The last session that read this file and had come to a cue of it."""
        return self._last(f"source = ? AND {_HAS_CUES}", source)

    def last_unclean(self) -> SessionRecord | None:
        """The last headless session that did not end as it should, unless another one went on from
        it: that one has all that was left."""
        return self._last(
            f"command = 'headless' AND NOT clean AND {_HAS_CUES} AND NOT EXISTS "
            "(SELECT 1 FROM sessions AS later WHERE later.resumes = sessions.session)"
        )

    def _last(self, where: str, *parameters: object) -> SessionRecord | None:
        rows = self._ask(
            f"SELECT session FROM sessions WHERE {where} ORDER BY rowid DESC", *parameters
        )
        for (session,) in rows:
            if not self._is_running(session):
                return self.record(session)
        return None

    def _ask(self, question: str, *parameters: object) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(question, parameters).fetchall()
        except sqlite3.Error as error:
            raise failed("read", self._path, error) from error


_HAS_CUES = "EXISTS (SELECT 1 FROM cues WHERE cues.session = sessions.session)"
_SESSION, _CUE, _CHUNK, _WORD = (
    ", ".join(columns(kind)) for kind in (SessionRow, CueRow, ChunkRow, WordRow)
)


def _session(row: tuple[Any, ...]) -> SessionRow:
    values = list(row)
    values[4] = bool(values[4])
    return SessionRow(*values)
