"""Tells whether a session still runs: its process holds a lock, which the kernel ends with it."""

import contextlib
from pathlib import Path
from typing import BinaryIO

from ..models.folder_lock import lock_file


class SessionLock:
    """The lock of the session that runs here, a file beside the journal. Where none can be made
    (a read-only disk), there is no journal to be confused either."""

    def __init__(self, journal: Path, session: str) -> None:
        self._path = _path(journal, session)
        self._file: BinaryIO | None = None
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("ab")
            lock_file(self._file)

    def release(self) -> None:
        """The session has ended."""
        if self._file is not None:
            self._file.close()
            with contextlib.suppress(OSError):
                self._path.unlink()


def is_running(journal: Path, session: str) -> bool:
    """Whether a process holds the session's lock."""
    path = _path(journal, session)
    try:
        with path.open("r+b") as file:
            lock_file(file)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    with contextlib.suppress(OSError):  # left by a process that was killed
        path.unlink()
    return False


def _path(journal: Path, session: str) -> Path:
    return journal.with_name(f"{journal.name}-{session}.lock")
