"""Keeps the record of one session: the observer, the writer and the session's own row."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ..cue import Cue
from .observer import SessionObserver
from .rows import Row, SessionRow
from .session_lock import SessionLock
from .writer import JournalWriter


class SessionKeeper:
    """Records `session` from the events of its narration, which `observer` takes. A session without
    a cue is none. Nothing here waits for the disk but `close`."""

    def __init__(
        self,
        path: Path,
        session: SessionRow,
        find: Callable[[str], Cue | None],
        on_trouble: Callable[[str], None],
        *,
        keep_days: int = 0,
        first: int = 0,
        closing: Callable[[], bool] = lambda: False,
    ) -> None:
        """`find` gives the cue of an id; `on_trouble` is told, on another thread, why the journal
        cannot be kept; `first` is the observer's `next_number`, `closing` its own."""
        self._path = path
        self._session = session
        self._locks: list[SessionLock] = []
        self._writer = JournalWriter(path, on_trouble, keep_days=keep_days)
        self.observer = SessionObserver(
            session.session,
            find,
            self._put,
            time.time,
            closing=closing,
            next_number=first,
        )

    def close(self, *, clean: bool) -> None:
        """The session has ended, `clean` as it should. Blocks for 5 s at most."""
        self.observer.catch_up()
        if self._locks:
            self._writer.put(replace(self._session, ended_at=time.time(), clean=clean))
        self._writer.close()
        for lock in self._locks:
            lock.release()

    def _put(self, row: Row) -> None:
        if not self._locks:
            # The one that is gone on from too: nobody else shall at the same time.
            names = filter(None, (self._session.session, self._session.resumes))
            self._locks += [SessionLock(self._path, name) for name in names]
            self._writer.put(self._session)
        self._writer.put(row)
