"""A lock between processes that its holder's death opens.

On POSIX a record lock on an anonymous file (``fcntl.lockf``), on Windows a named mutex. Both are
the kernel's: taking and giving them back order memory on every processor (the kernel's own lock
around them is an acquire and a release), and the kernel gives them back when their holder dies,
so nobody waits for a dead process. Semaphores and ``multiprocessing.Lock`` stay shut then, and
robust ``pthread`` mutexes do not exist on macOS.

A record lock belongs to a process, not to a thread: the owner of a `ProcessLock` keeps its own
threads apart. It is dropped when *any* descriptor of its file is closed, hence a file of its own
with one descriptor for each process, kept until the end.
"""

import sys
from typing import Self

if sys.platform == "win32":  # pragma: no cover - the other branch is POSIX; not run on Linux
    from . import win32
    from .shared_memory import random_name

    class ProcessLock:
        """Mutual exclusion of two processes; each has an object of its own for the same lock."""

        def __init__(self, name: str) -> None:
            self._name = name
            self._mutex = win32.open_mutex(name)

        @classmethod
        def create(cls) -> Self:
            return cls(random_name("lock"))

        @classmethod
        def attach(cls, handle: str) -> Self:
            return cls(handle)

        @property
        def handle(self) -> str:
            """What `attach` needs, short enough for a command line."""
            return self._name

        def inherited_fds(self) -> tuple[int, ...]:
            """For ``Popen(pass_fds=...)``: nothing, the name is enough."""
            return ()

        def acquire(self, timeout_s: float | None = None) -> bool:
            """Take the lock; false where it could not be had within `timeout_s` seconds."""
            return win32.wait_for(self._mutex, timeout_s)

        def release(self) -> None:
            """Give the lock back."""
            win32.release_mutex(self._mutex)

        def close(self) -> None:
            """Forget the lock. Idempotent."""
            if self._mutex:
                win32.close_handle(self._mutex)
                self._mutex = 0

else:
    import fcntl
    import os
    import time

    from ..clock import monotonic_s
    from .shared_memory import anonymous_file

    # POSIX has no file lock with a time limit: between two tries a waiter sleeps, so that the
    # holder gets the processor even where the waiter has real-time priority.
    _BACK_OFF_S = 50e-6

    class ProcessLock:
        """Mutual exclusion of two processes; each has an object of its own for the same lock."""

        def __init__(self, fd: int) -> None:
            self._fd = fd

        @classmethod
        def create(cls) -> Self:
            return cls(anonymous_file("lock"))

        @classmethod
        def attach(cls, handle: str) -> Self:
            """Open the lock that the parent process made; it passed on its `inherited_fds`."""
            return cls(os.dup(int(handle)))

        @property
        def handle(self) -> str:
            """What `attach` needs, short enough for a command line."""
            return str(self._fd)

        def inherited_fds(self) -> tuple[int, ...]:
            """For ``Popen(pass_fds=...)``."""
            return (self._fd,)

        def acquire(self, timeout_s: float | None = None) -> bool:
            """Take the lock; false where it could not be had within `timeout_s` seconds."""
            if timeout_s is None:
                fcntl.lockf(self._fd, fcntl.LOCK_EX)
                return True
            deadline_s = monotonic_s() + timeout_s
            while True:
                try:
                    fcntl.lockf(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except (
                    BlockingIOError,
                    PermissionError,
                ):  # which of the two is the system's choice
                    if monotonic_s() >= deadline_s:
                        return False
                    time.sleep(_BACK_OFF_S)
                else:
                    return True

        def release(self) -> None:
            """Give the lock back."""
            fcntl.lockf(self._fd, fcntl.LOCK_UN)

        def close(self) -> None:
            """Forget the lock. Idempotent."""
            if self._fd >= 0:
                os.close(self._fd)
                self._fd = -1
