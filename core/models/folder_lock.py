"""Keeps two programs from writing the same model at once. The kernel ends it with its holder."""

import contextlib
import sys
from collections.abc import Generator
from pathlib import Path
from typing import BinaryIO

from ..errors import ModelError

if sys.platform == "win32":  # pragma: no cover - the other branch is POSIX; not run on Linux
    import msvcrt

    def lock_file(file: BinaryIO) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def lock_file(file: BinaryIO) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextlib.contextmanager
def only_one(path: Path) -> Generator[None]:
    """Hold the lock file at `path`, which stays; raises `ModelError` where another one holds it."""
    with path.open("ab") as file:
        try:
            lock_file(file)
        except OSError as error:
            raise ModelError(
                f"another program is fetching into {path.parent}; wait until it is done"
            ) from error
        yield
