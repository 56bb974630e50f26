"""`skaldcast journal`: the recorded sessions, as a list, as transcripts, and removed."""

import time
from argparse import Namespace
from datetime import datetime
from pathlib import Path

from ...core.errors import OutputError
from ...core.journal.database import open_existing, prune
from ...core.journal.export import FORMATS
from ...core.journal.record import JournalReader
from ...core.journal.rows import SessionRow
from ...core.journal.session_lock import is_running
from ...core.user_path import user_path
from ..options import UsageError, settings_of
from ..streams import emit, tell
from ..tables import print_table

_DAY_S = 86_400.0


def journal(arguments: Namespace) -> int:
    """Print the sessions or one's transcript, or remove old ones."""
    path = settings_of(arguments).settings.journal.path
    if (arguments.action == "export") != (arguments.session is not None):
        raise UsageError("write it as: skaldcast journal export SESSION, or without a session")
    match arguments.action:
        case "export":
            return _export(arguments, path)
        case "prune":
            return _prune(arguments, path)
        case _:
            return _list(path)


def _list(path: Path) -> int:
    with JournalReader(path) as reader:
        sessions = reader.sessions()
    print_table(
        ("session", "started", "lasted", "command", "cues", "ended", "source"),
        [
            (
                row.session,
                _when(row.started_at),
                f"{max(row.ended_at - row.started_at, 0.0):.0f} s" if row.ended_at else "",
                row.command,
                str(count),
                _end(row, path),
                row.source or "",
            )
            for row, count in sessions
        ],
    )
    return 0


def _end(row: SessionRow, path: Path) -> str:
    if row.ended_at is not None:
        return "whole" if row.clean else "interrupted"
    return "running" if is_running(path, row.session) else "cut off"


def _when(at: float) -> str:
    try:
        return datetime.fromtimestamp(at).astimezone().isoformat(" ", "minutes")
    except (ValueError, OverflowError, OSError):  # a wall clock that told nonsense
        return "?"


def _export(arguments: Namespace, path: Path) -> int:
    with JournalReader(path) as reader:
        text = FORMATS[arguments.format](reader.record(reader.find(arguments.session)))
    if arguments.out is None:
        emit(text.rstrip("\n"))
        return 0
    try:
        user_path(arguments.out).write_text(text, "utf-8", newline="\n")
    except OSError as error:
        raise OutputError(
            f"the transcript cannot be written to {arguments.out}: {error.strerror or error}; "
            "choose another --out"
        ) from error
    return 0


def _prune(arguments: Namespace, path: Path) -> int:
    kept = settings_of(arguments).settings.journal.keep_days
    days = kept if arguments.days is None else arguments.days
    if days < 0 or (not days and arguments.days is None):
        raise UsageError("argument --days: say how many days' sessions are to stay, as --days 30")
    connection = open_existing(path)
    try:
        with JournalReader(path) as reader:
            running = [row.session for row, _ in reader.sessions() if is_running(path, row.session)]
        gone = prune(connection, time.time() - days * _DAY_S, running=running)
        connection.execute("VACUUM")
    finally:
        connection.close()
    tell(f"{gone} sessions older than {days} days were removed")
    return 0
