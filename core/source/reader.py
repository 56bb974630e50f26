"""Reads a text file, or standard input as it arrives, without blocking the event loop.

Owns one thread that does nothing but read; it feeds the event loop and waits when that is behind.
"""

import asyncio
import functools
import os
import sys
from collections.abc import AsyncIterator, Callable
from io import RawIOBase
from pathlib import Path
from threading import Semaphore, Thread
from typing import TextIO

from ..errors import TextError
from .decoding import TextDecoder

_BLOCK_BYTES = 16 * 1024
_BLOCKS_AHEAD = 4

ReadsBytes = Callable[[int], bytes]
"""Gives at most so many bytes as soon as there are some; none at the end."""


class TextReader:
    """An async iterator of the text behind a file descriptor, decoded by `TextDecoder`.

    To be iterated once. Raises `TextError` where reading fails.
    """

    def __init__(self, descriptor: int, name: str, read: ReadsBytes | None = None) -> None:
        self._descriptor = descriptor
        self._name = name
        self._read = read or functools.partial(os.read, descriptor)
        self._decoder = TextDecoder()

    @classmethod
    def open(cls, path: Path) -> "TextReader":
        """Read the file at `path`; raises `TextError` where it cannot be opened."""
        try:
            if path.is_dir():  # opening one is "permission denied" on Windows
                raise IsADirectoryError(21, "it is a folder")
            flags = os.O_RDONLY | (os.O_BINARY if sys.platform == "win32" else 0)
            return cls(os.open(path, flags), str(path))
        except (OSError, ValueError) as error:  # ValueError: a null character in the name
            reason = (error.strerror if isinstance(error, OSError) else None) or error
            raise TextError(
                f"cannot read {path}: {reason}; give the path of a text file"
            ) from error

    @classmethod
    def standard_input(cls) -> "TextReader":
        """Read descriptor 0, to its end."""
        if sys.platform == "win32":
            import msvcrt

            if os.isatty(0) and sys.stdin is not None:
                # What is typed comes in an old code page, and Ctrl-Z ends nothing, but by Python's
                # own console reader.
                return cls(0, "standard input", _console(sys.stdin))
            msvcrt.setmode(0, os.O_BINARY)
        return cls(0, "standard input")

    @property
    def left_out(self) -> int:
        """How many characters could not be decoded so far."""
        return self._decoder.left_out

    async def __aiter__(self) -> AsyncIterator[str]:
        blocks = _Blocks(self._descriptor, self._read)
        try:
            while data := await blocks.next():
                if isinstance(data, OSError):
                    raise TextError(
                        f"reading {self._name} failed: {data.strerror}; what had come was spoken"
                    ) from data
                if text := self._decoder.decode(data):
                    yield text
            if text := self._decoder.decode(b"", final=True):
                yield text
        finally:
            blocks.stop()


class _Blocks:
    """What the reading thread has read, in order; it waits while four blocks are not taken."""

    def __init__(self, descriptor: int, read: ReadsBytes) -> None:
        self._descriptor = descriptor
        self._read_bytes = read
        self._queue: asyncio.Queue[bytes | OSError] = asyncio.Queue()
        self._room = Semaphore(_BLOCKS_AHEAD)
        self._stopped = False
        self._loop = asyncio.get_running_loop()
        Thread(target=self._read, name="reader", daemon=True).start()

    async def next(self) -> bytes | OSError:
        """The next block; empty at the end."""
        data = await self._queue.get()
        self._room.release()
        return data

    def stop(self) -> None:
        """No more is wanted: the thread ends once the read it is in returns."""
        self._stopped = True
        self._room.release()

    def _read(self) -> None:
        data: bytes | OSError = b" "
        try:
            while data and not isinstance(data, OSError):
                self._room.acquire()
                if self._stopped:
                    return
                try:
                    data = self._read_bytes(_BLOCK_BYTES)
                except OSError as error:
                    data = error
                self._loop.call_soon_threadsafe(self._queue.put_nowait, data)
        except RuntimeError:
            return  # the event loop has ended
        finally:
            if self._descriptor > 2:
                os.close(self._descriptor)


if sys.platform == "win32":

    def _console(stream: TextIO) -> ReadsBytes:
        raw: RawIOBase = getattr(stream.buffer, "raw")  # noqa: B009 - of a type that has one
        return lambda size: raw.read(size) or b""
