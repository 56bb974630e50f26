"""Writes the journal on a thread of its own, the only one that touches the database.

Fed by the event loop, which never waits: rows wait in a table of their own, where a newer state of
a row takes the older one's place.
"""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from threading import Condition, Event, Thread

from ..errors import StorageError
from .database import failed, open_database, prune, save
from .rows import Row, key

_EVERY_S = 0.2
"""What happened within that time is one transaction; so much may be heard twice after a crash."""
_AGAIN_S = 2.0
_MOST_ROWS = 20_000
"""Past that, while the disk does not take them, new rows are left out: at most some MB wait."""
_KEPT_SESSIONS = 10
"""Never pruned by age: a wall clock that was wrong for an hour must not cost the record."""
_CLOSING_S = 5.0
_DAY_S = 86_400.0

_Key = tuple[object, ...]


class JournalWriter:
    """Takes rows with `put`, from one thread, and writes them soon.

    A journal that cannot be opened or written is told once, by `on_trouble` (on this object's
    thread), and tried again while it may recover; speaking goes on.
    """

    def __init__(
        self, path: Path, on_trouble: Callable[[str], None], *, keep_days: int = 0
    ) -> None:
        self._path = path
        self._on_trouble = on_trouble
        self._keep_days = keep_days
        self._changed = Condition()  # protects the three below
        self._waiting: dict[_Key, Row] = {}
        self._given_up = False
        self.left_out = 0
        self._closing = Event()
        self._told = False
        self._thread = Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def put(self, row: Row) -> None:
        """Record `row`; the one of the same key that waits is replaced."""
        name = key(row)
        with self._changed:
            if self._given_up or (len(self._waiting) >= _MOST_ROWS and name not in self._waiting):
                self.left_out += 1
                return
            self._waiting[name] = row
            self._changed.notify()

    def close(self) -> None:
        """Write what waits; gives up after 5 s. Idempotent."""
        self._closing.set()
        with self._changed:
            self._changed.notify()
        self._thread.join(_CLOSING_S)

    def _run(self) -> None:
        connection: sqlite3.Connection | None = None
        try:
            while self._wait():
                try:
                    connection = connection or self._open()
                    self._write(connection)
                except (StorageError, sqlite3.Error) as error:
                    self._tell(error)
                    if connection is None and not _may_pass(error):
                        self._give_up()
                        return
                    if self._closing.wait(_AGAIN_S):
                        return
        finally:
            if connection is not None:
                connection.close()

    def _wait(self) -> bool:
        """Wait for rows, and then for those that come soon after; false where none will come."""
        with self._changed:
            while not self._waiting:
                if self._closing.is_set():
                    return False
                self._changed.wait()
        self._closing.wait(_EVERY_S)
        return True

    def _open(self) -> sqlite3.Connection:
        connection = open_database(self._path)
        if self._keep_days:
            before_at = time.time() - self._keep_days * _DAY_S
            try:
                prune(connection, before_at, keep=_KEPT_SESSIONS)
            except sqlite3.Error:
                connection.close()
                raise
        return connection

    def _write(self, connection: sqlite3.Connection) -> None:
        with self._changed:
            rows, self._waiting = self._waiting, {}
        try:
            save(connection, rows.values())
        except sqlite3.Error:
            with self._changed:
                self._waiting = rows | self._waiting
            raise

    def _tell(self, error: Exception) -> None:
        if self._told:
            return
        self._told = True
        text = error if isinstance(error, StorageError) else failed("written", self._path, error)
        self._on_trouble(f"{text}; speaking goes on")

    def _give_up(self) -> None:
        with self._changed:
            self._given_up = True
            self._waiting.clear()


def _may_pass(error: Exception) -> bool:
    """Whether to try again: another process holds it, or the disk is full."""
    return isinstance(error.__cause__ or error, sqlite3.OperationalError)
