"""Reads a text file, or standard input as it arrives, without blocking the event loop.

Owns one thread that does nothing but read; it feeds a bounded queue and waits when it is full.
"""

import asyncio
import codecs
import os
import sys
from collections.abc import AsyncIterator
from concurrent.futures import CancelledError
from pathlib import Path
from threading import Thread

from ..errors import TextError

_BLOCK_BYTES = 16 * 1024
_BLOCKS_AHEAD = 4


class TextReader:
    """An async iterator of the text behind a file descriptor, decoded from UTF-8.

    Bytes that are not UTF-8 become U+FFFD and are counted in `replaced`: the rest of the text is
    not lost for them. Raises `TextError` where reading fails.
    """

    def __init__(self, descriptor: int, name: str) -> None:
        self.replaced = 0
        self._descriptor = descriptor
        self._name = name
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")

    @classmethod
    def open(cls, path: Path) -> "TextReader":
        """Read the file at `path`; raises `TextError` where it cannot be opened."""
        try:
            flags = os.O_RDONLY | (os.O_BINARY if sys.platform == "win32" else 0)
            descriptor = os.open(path, flags)
            if path.is_dir():
                raise IsADirectoryError(21, "Is a directory")
        except OSError as error:
            raise TextError(
                f"cannot read {path}: {error.strerror}; give the path of a text file"
            ) from error
        return cls(descriptor, str(path))

    @classmethod
    def standard_input(cls) -> "TextReader":
        if sys.platform == "win32":
            import msvcrt

            msvcrt.setmode(0, os.O_BINARY)
        return cls(0, "standard input")

    async def __aiter__(self) -> AsyncIterator[str]:
        queue: asyncio.Queue[bytes | OSError] = asyncio.Queue(_BLOCKS_AHEAD)
        loop = asyncio.get_running_loop()
        Thread(target=self._read, args=(queue, loop), name="reader", daemon=True).start()
        while data := await queue.get():
            if isinstance(data, OSError):
                raise TextError(f"reading {self._name} failed: {data.strerror}") from data
            if text := self._decode(data):
                yield text
        if text := self._decode(b"", final=True):
            yield text

    def _decode(self, data: bytes, *, final: bool = False) -> str:
        text = self._decoder.decode(data, final)
        self.replaced += text.count("\ufffd")
        return text

    def _read(self, queue: asyncio.Queue[bytes | OSError], loop: asyncio.AbstractEventLoop) -> None:
        try:
            data: bytes | OSError = b" "
            while data and not isinstance(data, OSError):
                try:
                    data = os.read(self._descriptor, _BLOCK_BYTES)
                except OSError as error:
                    data = error
                asyncio.run_coroutine_threadsafe(queue.put(data), loop).result()
        except (RuntimeError, CancelledError):
            return  # the event loop has ended
        finally:
            if self._descriptor > 2:
                os.close(self._descriptor)
