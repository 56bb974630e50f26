"""Memory that two processes see, which nothing survives.

The memory has no name in any file system: on Linux it is an anonymous file, elsewhere on POSIX a
temporary file that is unlinked at once, on Windows a mapping under a random name. A process
killed with ``SIGKILL`` therefore leaves nothing behind; the kernel frees the memory with the last
process that has it open.
"""

import mmap
import os
import sys
from typing import Self

from ..errors import PlayoutError

if sys.platform == "win32":  # pragma: no cover - the other branch is POSIX; not run on Linux
    import secrets

    def random_name(kind: str) -> str:
        """A kernel object name of this session that nobody else has."""
        return f"Local\\skaldcast-{kind}-{secrets.token_hex(8)}"

    class SharedMemory:
        """A block of zeroed memory, shared with a child process by its `handle`."""

        def __init__(self, name: str, size: int) -> None:
            self._name = name
            self._size = size
            try:
                self.memory = mmap.mmap(-1, size, tagname=name)
            except (OSError, ValueError) as error:
                raise PlayoutError(
                    f"{size} bytes of shared memory could not be had: {error}; free some memory"
                ) from error

        @classmethod
        def create(cls, size: int) -> Self:
            """Make `size` bytes of memory; raises `PlayoutError` where there are none to be had."""
            return cls(random_name("memory"), size)

        @classmethod
        def attach(cls, handle: str) -> Self:
            """Open the memory that another process made, by its `handle`."""
            size, _, name = handle.partition(":")
            return cls(name, int(size))

        @property
        def handle(self) -> str:
            """What `attach` needs, short enough for a command line."""
            return f"{self._size}:{self._name}"

        def inherited_fds(self) -> tuple[int, ...]:
            """For ``Popen(pass_fds=...)``: nothing, the name is enough."""
            return ()

        def close(self) -> None:
            """Unmap the memory; nothing may hold a view of it any more."""
            self.memory.close()

else:
    import tempfile
    from collections.abc import Callable

    def anonymous_file(name: str) -> int:
        """A descriptor of an empty file that no folder lists; `name` is for ``/proc`` only."""
        memfd_create: Callable[[str], int] | None = getattr(os, "memfd_create", None)
        try:
            if memfd_create is not None:
                return memfd_create(f"skaldcast-{name}")
            with tempfile.TemporaryFile() as file:
                return os.dup(file.fileno())
        except OSError as error:
            raise PlayoutError(
                f"no anonymous file could be made: {error}; close some programs or free some space"
            ) from error

    class SharedMemory:
        """A block of zeroed memory, shared with a child process by its `handle`."""

        def __init__(self, fd: int, size: int) -> None:
            self._fd = fd
            self.memory = mmap.mmap(fd, size)

        @classmethod
        def create(cls, size: int) -> Self:
            """Make `size` bytes of memory; raises `PlayoutError` where there are none to be had."""
            fd = anonymous_file("memory")
            try:
                # Written, not only sized: a full memory is an error here, no SIGBUS later.
                os.write(fd, bytes(size))
                return cls(fd, size)
            except (OSError, ValueError) as error:
                os.close(fd)
                raise PlayoutError(
                    f"{size} bytes of shared memory could not be had: {error}; free some memory"
                ) from error

        @classmethod
        def attach(cls, handle: str) -> Self:
            """Open the memory that the parent process made; it passed on its `inherited_fds`.

            Raises `OSError` or `ValueError` where the handle is not good here.
            """
            fd = os.dup(int(handle))
            return cls(fd, os.fstat(fd).st_size)

        @property
        def handle(self) -> str:
            """What `attach` needs, short enough for a command line."""
            return str(self._fd)

        def inherited_fds(self) -> tuple[int, ...]:
            """For ``Popen(pass_fds=...)``."""
            return (self._fd,)

        def close(self) -> None:
            """Unmap the memory; nothing may hold a view of it any more. Idempotent."""
            self.memory.close()
            if self._fd >= 0:
                os.close(self._fd)
                self._fd = -1
