"""Reading a text that is still being written: from an iterator into a cue, as it is needed."""

import asyncio
import contextlib
import logging
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Coroutine,
    Iterable,
)
from concurrent.futures import CancelledError
from threading import Event, Thread
from typing import Any

from .cue import Cue
from .errors import SkaldcastError

Texts = AsyncIterable[str] | Iterable[str]
_PIECES_AHEAD = 4
"""Pieces of a plain iterator that are read before they are wanted."""
_log = logging.getLogger(__name__)


class TextReading:
    """Tasks that read, one for each stream; a reading ends with its cue at the latest.

    `room` waits until more text is welcome, `push` takes it, `finish` is told that it is complete,
    or why it broke off.
    """

    def __init__(
        self,
        room: Callable[[], Awaitable[None]],
        push: Callable[[Cue, str], None],
        finish: Callable[[Cue, str | None], None],
    ) -> None:
        self._room = room
        self._push = push
        self._finish = finish
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, cue: Cue, texts: Texts) -> None:
        """Read `texts` into `cue`, until they end or the cue does."""
        reading = self._start(self._read(cue, texts))
        self._start(_end_with(cue, reading))

    def close(self) -> None:
        """End all readings; what they had read stays."""
        for task in self._tasks:
            task.cancel()

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _read(self, cue: Cue, texts: Texts) -> None:
        broken: str | None = None
        try:
            # Closed at once, wherever it is left: a language model's request ends with it.
            async with contextlib.aclosing(_each(texts)) as pieces:
                async for text in pieces:
                    await self._room()
                    self._push(cue, text)
        except SkaldcastError as error:
            broken = str(error)
        except Exception as error:  # the user's iterator may raise anything; what came is spoken
            _log.exception("the text of cue %s broke off", cue.cue_id)
            broken = f"its text broke off: {error!r}"
        finally:
            with contextlib.suppress(SkaldcastError):  # the narrator may have been closed
                self._finish(cue, broken)


async def _end_with(cue: Cue, reading: asyncio.Task[None]) -> None:
    """A source that has stalled is not waited for by a cue that was skipped."""
    waiting = asyncio.ensure_future(cue.wait_finished())
    try:
        await asyncio.wait((waiting, reading), return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
        reading.cancel()


async def _each(texts: Texts) -> AsyncGenerator[str]:
    if isinstance(texts, AsyncIterable):
        try:
            async for text in texts:
                yield text
        finally:
            if isinstance(texts, AsyncGenerator):
                await texts.aclose()
        return
    async for text in _in_a_thread(texts):
        yield text


async def _in_a_thread(texts: Iterable[str]) -> AsyncIterator[str]:
    """Iterate where waiting hurts nobody: a client of a language model blocks until the next
    words. The thread waits while `_PIECES_AHEAD` pieces are untaken; it ends with the process, as
    nothing can end an iterator that blocks."""
    pieces: asyncio.Queue[str | BaseException | None] = asyncio.Queue(_PIECES_AHEAD)
    loop = asyncio.get_running_loop()
    left = Event()

    def put(piece: str | BaseException | None) -> None:
        putting = pieces.put(piece)
        try:
            asyncio.run_coroutine_threadsafe(putting, loop).result()
        except RuntimeError:  # the event loop has ended
            putting.close()
            raise

    def iterate() -> None:
        with contextlib.suppress(RuntimeError, CancelledError):
            try:
                for text in texts:
                    if left.is_set():
                        return
                    put(text)
                put(None)
            except Exception as error:  # the user's iterator may raise anything
                put(error)

    Thread(target=iterate, name="text", daemon=True).start()
    try:
        while (piece := await pieces.get()) is not None:
            if isinstance(piece, BaseException):
                raise piece
            yield piece
    finally:
        left.set()
        while not pieces.empty():  # lets a thread go on that waits for a place
            pieces.get_nowait()
