"""Wakes the reader of an audio buffer without polling.

A ring is remembered until it is heard; several rings before that are one. Who hears it looks at
the counters afterwards, never before: so no change is missed.
"""

import sys
import threading
from typing import Protocol, Self

from ..errors import StateError


class Doorbell(Protocol):
    """Rung by the writer, heard by the reader."""

    def ring(self) -> None:
        """Wake the reader now, or let its next `wait` return at once. Never blocks."""
        ...

    def wait(self, timeout_s: float | None) -> bool:
        """Wait for a ring, at most `timeout_s` seconds; true when it was heard."""
        ...

    def fileno(self) -> int:
        """A descriptor that is readable while a ring waits to be heard."""
        ...

    def close(self) -> None: ...


class ThreadDoorbell:
    """A doorbell between the threads of one process."""

    def __init__(self) -> None:
        self._rung = threading.Event()

    def ring(self) -> None:
        self._rung.set()

    def wait(self, timeout_s: float | None) -> bool:
        heard = self._rung.wait(timeout_s)
        self._rung.clear()
        return heard

    def fileno(self) -> int:
        raise StateError("a buffer inside one process has no descriptor to select on; use wait()")

    def close(self) -> None:
        self._rung.set()


if sys.platform == "win32":  # pragma: no cover - the other branch is POSIX; not run on Linux
    from . import win32
    from .shared_memory import random_name

    class ProcessDoorbell:
        """A doorbell between processes: a named event that resets itself."""

        def __init__(self, name: str) -> None:
            self._name = name
            self._event = win32.open_event(name)

        @classmethod
        def create(cls) -> Self:
            return cls(random_name("doorbell"))

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

        def ring(self) -> None:
            win32.set_event(self._event)

        def wait(self, timeout_s: float | None) -> bool:
            return win32.wait_for(self._event, timeout_s)

        def fileno(self) -> int:
            raise StateError("Windows cannot select on an event; use wait()")

        def close(self) -> None:
            """Let go of the event. Idempotent: a closed handle's number may be another's by now."""
            if self._event:
                win32.close_handle(self._event)
                self._event = 0

else:
    import contextlib
    import os
    import select

    class ProcessDoorbell:
        """A doorbell between processes: a pipe of which both sides have both ends.

        So ringing is no error while a reader that died is being started again, and another thread
        of the reader's process can ring as well.
        """

        def __init__(self, read_fd: int, write_fd: int) -> None:
            self._read_fd = read_fd
            self._write_fd = write_fd
            self._poll = select.poll()
            self._poll.register(read_fd, select.POLLIN)

        @classmethod
        def create(cls) -> Self:
            read_fd, write_fd = os.pipe()
            os.set_blocking(read_fd, False)
            os.set_blocking(write_fd, False)
            return cls(read_fd, write_fd)

        @classmethod
        def attach(cls, handle: str) -> Self:
            """Open what the parent process made; it passed on its `inherited_fds`."""
            read_fd, write_fd = handle.split(":")
            return cls(os.dup(int(read_fd)), os.dup(int(write_fd)))

        @property
        def handle(self) -> str:
            """What `attach` needs, short enough for a command line."""
            return f"{self._read_fd}:{self._write_fd}"

        def inherited_fds(self) -> tuple[int, ...]:
            """For ``Popen(pass_fds=...)``."""
            return (self._read_fd, self._write_fd)

        def ring(self) -> None:
            with contextlib.suppress(BlockingIOError):  # full of rings that nobody has heard yet
                os.write(self._write_fd, b"\0")

        def wait(self, timeout_s: float | None) -> bool:
            # A negative time would be for ever.
            timeout_ms = None if timeout_s is None else max(0.0, timeout_s) * 1000
            if not self._poll.poll(timeout_ms):
                return False
            # All rings at once: a pipe holds 64 KiB, and what were left would only ring again.
            os.read(self._read_fd, 65_536)
            return True

        def fileno(self) -> int:
            return self._read_fd

        def close(self) -> None:
            """Close both ends. Idempotent."""
            if self._read_fd >= 0:
                os.close(self._read_fd)
                os.close(self._write_fd)
                self._read_fd = self._write_fd = -1
