"""The journal's SQLite file: its tables, how older ones are brought up to date, and writing."""

import contextlib
import functools
import sqlite3
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from ..clock import monotonic_s
from ..errors import StorageError
from .rows import Row, columns, values

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE sessions (
        session TEXT PRIMARY KEY, command TEXT NOT NULL, started_at REAL NOT NULL, ended_at REAL,
        clean INTEGER NOT NULL, source TEXT, source_digest TEXT, voice TEXT NOT NULL, resumes TEXT);
    CREATE INDEX sessions_by_source ON sessions (source);
    CREATE TABLE cues (
        session TEXT NOT NULL, number INTEGER NOT NULL, cue_id TEXT NOT NULL, voice TEXT,
        character TEXT, language TEXT, speed REAL NOT NULL, begin INTEGER NOT NULL,
        heard INTEGER NOT NULL, queued_at REAL NOT NULL, queued_s REAL NOT NULL, started_at REAL,
        started_s REAL, finished_at REAL, finished_s REAL, outcome TEXT, error TEXT,
        PRIMARY KEY (session, number)) WITHOUT ROWID;
    CREATE TABLE texts (
        session TEXT NOT NULL, number INTEGER NOT NULL, start INTEGER NOT NULL, text TEXT NOT NULL,
        PRIMARY KEY (session, number, start)) WITHOUT ROWID;
    CREATE TABLE chunks (
        session TEXT NOT NULL, number INTEGER NOT NULL, start INTEGER NOT NULL, text TEXT NOT NULL,
        audio_s REAL NOT NULL, duration_s REAL NOT NULL,
        PRIMARY KEY (session, number, start)) WITHOUT ROWID;
    CREATE TABLE words (
        session TEXT NOT NULL, number INTEGER NOT NULL, start INTEGER NOT NULL, word TEXT NOT NULL,
        audio_s REAL NOT NULL, duration_s REAL NOT NULL,
        PRIMARY KEY (session, number, start)) WITHOUT ROWID;
    """,
)
"""Script n brings version n to n + 1 (SQLite's ``user_version``). One that has been released is
never changed; another is added."""
DETAILS = ("words", "chunks", "texts", "cues")
_BUSY_S = 2.0
"""How long another process may keep us waiting; what could not be written is tried again."""
_POLL_S = 0.005


def open_database(path: Path, migrations: Sequence[str] = MIGRATIONS) -> sqlite3.Connection:
    """Open the journal, made or brought up to date where needed. Raises `StorageError` where that
    cannot be, or the file is of a newer Skaldcast."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
        )
    except (OSError, sqlite3.Error) as error:
        raise failed("opened", path, error) from error
    try:
        _write_ahead(connection)
        # Nothing is lost when we are killed; a power cut may take the last seconds.
        connection.execute("PRAGMA synchronous = NORMAL")
        _migrate(connection, path, migrations)
    except sqlite3.Error as error:
        connection.close()
        raise failed("opened", path, error) from error
    except BaseException:
        connection.close()
        raise
    return connection


def open_existing(path: Path) -> sqlite3.Connection:
    """Open the journal for a command that reads it; raises `StorageError` where there is none."""
    if not path.is_file():
        raise StorageError(
            f"there is no session record at {path}; it begins with the first session while "
            "journal.enabled is on"
        )
    return open_database(path)


def failed(action: str, path: Path, error: Exception) -> StorageError:
    """What is told where SQLite or the system refused."""
    reason = getattr(error, "strerror", None) or str(error)
    return StorageError(
        f"the session record {path} cannot be {action}: {reason}; make room and rights for it, "
        "move a damaged one away, or choose another with journal.path, or none with "
        "journal.enabled = false"
    )


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Let readers and a writer go on side by side.

    Of two processes that open a new file at once SQLite refuses one at once, without its busy
    wait (more than half of the times on two cores), so we look again: it tells nobody when it is
    free.
    """
    until_s = monotonic_s() + _BUSY_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            # The low byte says what kind of trouble it is.
            is_busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not is_busy or monotonic_s() >= until_s:
                raise
        time.sleep(_POLL_S)


def _migrate(connection: sqlite3.Connection, path: Path, migrations: Sequence[str]) -> None:
    if _version(connection) == len(migrations):
        return
    connection.execute("BEGIN IMMEDIATE")  # of two processes at once, one finds it done
    try:
        version = _version(connection)
        if version > len(migrations):
            raise StorageError(
                f"the session record {path} is of a newer Skaldcast (version {version}, this one "
                f"knows {len(migrations)}); update Skaldcast, or choose another with journal.path"
            )
        for script in migrations[version:]:
            for statement in filter(str.strip, script.split(";")):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(migrations)}")
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection) -> int:
    return connection.execute("PRAGMA user_version").fetchone()[0]


def save(connection: sqlite3.Connection, rows: Iterable[Row]) -> None:
    """Write rows, in one transaction; one that is there already is replaced. Raises
    `sqlite3.Error`, and nothing is written."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        for row in rows:
            connection.execute(_upsert(type(row)), _values(row))
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _values(row: Row) -> tuple[object, ...]:
    # A lone surrogate is no UTF-8 and would be refused.
    return tuple(
        value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
        for value in values(row)
    )


@functools.cache
def _upsert(kind: type[Row]) -> str:
    names = columns(kind)
    marks = ", ".join("?" * len(names))
    changes = ", ".join(f"{name} = excluded.{name}" for name in names[kind.keys :])
    return (
        f"INSERT INTO {kind.table} ({', '.join(names)}) VALUES ({marks}) "
        f"ON CONFLICT ({', '.join(names[: kind.keys])}) DO UPDATE SET {changes}"
    )


def prune(
    connection: sqlite3.Connection, before_at: float, *, keep: int = 0, running: Iterable[str] = ()
) -> int:
    """Remove sessions that began before `before_at`, but not the last `keep` nor those that are
    `running`; returns how many."""
    rows = connection.execute(
        "SELECT session FROM sessions WHERE started_at < ? AND session NOT IN "
        "(SELECT session FROM sessions ORDER BY rowid DESC LIMIT ?)",
        (before_at, keep),
    ).fetchall()
    old = [row[0] for row in rows if row[0] not in set(running)]
    connection.execute("BEGIN IMMEDIATE")
    try:
        for session in old:
            for table in (*DETAILS, "sessions"):
                connection.execute(f"DELETE FROM {table} WHERE session = ?", (session,))
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise
    return len(old)
