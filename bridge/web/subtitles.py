"""`/subtitles`: what is being heard, as server-sent events, for the listener page and others.

    chunk   {"time_s", "text", "character", "cue"}   a chunk is being heard
    word    {"time_s", "start", "length"}            a word of it, in characters of `text`
    silence {"time_s"}                               a cue has ended

The first event, `now`, has the time of the server's clock and how far behind it listeners hear.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

import msgspec
from aiohttp import hdrs, web

from ...core import events as core
from ...core.broadcast.heard_follower import DELAY_S
from ...core.cue import Cue

_WAITING = 200
"""Events that may wait for a page; one that falls further behind begins anew."""
_PING_S = 10.0
_PACKET_S = 0.03
"""The packet that is being filled, and the encoder's look ahead."""


class Subtitles:
    """Follows the engine's events and keeps what is being heard. Plain; `cue` finds a cue."""

    def __init__(self, cue: Callable[[str], Cue | None]) -> None:
        self._cue = cue
        self._chunk: bytes | None = None
        self._begin, self._cue_id = 0, ""
        self._readers: set[_Reader] = set()

    def take(self, event: core.Event) -> None:
        """The engine told something."""
        match event:
            case core.ChunkStarted(time_s, cue_id, text, start):
                cue = self._cue(cue_id)
                character = "" if cue is None else cue.character or ""
                self._begin, self._cue_id = start, cue_id
                self._chunk = _event(
                    "chunk", time_s=time_s, text=text, character=character, cue=cue_id
                )
                self._tell(self._chunk)
            case core.WordStarted(time_s, _, word, start):
                begin = start - self._begin
                self._tell(_event("word", time_s=time_s, start=begin, length=len(word)))
            case core.CueFinished(time_s, cue_id) if cue_id == self._cue_id:
                self._chunk = None
                self._tell(_event("silence", time_s=time_s))
            case _:
                pass

    def open(self) -> "_Reader":
        """Somebody reads along, from what is being heard on."""
        reader = _Reader()
        if self._chunk is not None:
            reader.put(self._chunk)
        self._readers.add(reader)
        return reader

    def close(self, reader: "_Reader") -> None:
        self._readers.discard(reader)

    def end(self) -> None:
        """Nothing follows."""
        for reader in self._readers:
            reader.end()

    def _tell(self, event: bytes) -> None:
        for reader in self._readers:
            reader.put(event)


class _Reader:
    """A bounded queue of one page's events; nobody waits for the page."""

    def __init__(self) -> None:
        self._events: deque[bytes] = deque()
        self._changed = asyncio.Event()
        self._ended = False

    def put(self, event: bytes) -> None:
        if len(self._events) >= _WAITING:
            self._ended = True
        else:
            self._events.append(event)
        self._changed.set()

    def end(self) -> None:
        self._ended = True
        self._changed.set()

    async def take(self) -> bytes | None:
        """All that waits; a comment where nothing came for long; None at the end."""
        try:
            async with asyncio.timeout(_PING_S):
                await self._changed.wait()
        except TimeoutError:
            return b": still there\n\n"
        self._changed.clear()
        if self._ended:
            return None
        events = b"".join(self._events)
        self._events.clear()
        return events


def routes(subtitles: Subtitles, now_s: Callable[[], float]) -> list[web.RouteDef]:
    """What the application is given; `now_s` is the clock of the events."""

    async def read_along(request: web.Request) -> web.StreamResponse:
        headers = {hdrs.CONTENT_TYPE: "text/event-stream", hdrs.CACHE_CONTROL: "no-store"}
        response = web.StreamResponse(headers=headers)
        reader = subtitles.open()
        try:
            await response.prepare(request)
            behind_s = DELAY_S + _PACKET_S
            await response.write(_event("now", time_s=now_s(), behind_s=behind_s))
            while (events := await reader.take()) is not None:
                await response.write(events)
        finally:
            subtitles.close(reader)
        return response

    return [web.get("/subtitles", read_along)]


def _event(name: str, **fields: Any) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (name.encode(), msgspec.json.encode(fields))
