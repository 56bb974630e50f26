"""A Wyoming server, with which Home Assistant and others use every voice. The one file that uses
the package `wyoming`.

Speech is made beside the narration, which goes first. A text that is still being written
(`synthesize-start`, `-chunk`, `-stop`) is spoken chunk by chunk while it comes.
"""

import asyncio
import contextlib
import logging
from collections.abc import Iterable
from typing import TypeVar, cast

import numpy as np
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.error import Error
from wyoming.event import Event, Eventable, async_read_event, async_write_event
from wyoming.info import Attribution, Describe, Info, TtsProgram, TtsVoice
from wyoming.ping import Ping, Pong
from wyoming.tts import (
    Synthesize,
    SynthesizeChunk,
    SynthesizeStart,
    SynthesizeStop,
    SynthesizeStopped,
    SynthesizeVoice,
)

from ...core.errors import BridgeError, SkaldcastError
from ...core.rendering import Rendition
from ...core.synthesis.registry import VoiceRow
from ...core.synthesis.synthesizer import Samples
from ...core.text.chunker import Chunker
from ...core.text.pauses import pause_after_s
from ...core.types import Boundary, Chunk
from .speech import Speaks

_log = logging.getLogger(__name__)

_E = TypeVar("_E", bound=Eventable)
_WRONG = (AttributeError, KeyError, RecursionError, TypeError, ValueError)
"""What the package raises for an event that is none."""
_MOST = 32
"""Connections at a time; whoever comes then is turned away."""
_LONGEST = 1_000_000
"""Bytes of one event."""
_USUAL_RATE = 24_000
_MOST_TEXT = 1_000_000
"""Characters of one text that is still being written."""


class WyomingServer:
    """Serves `narration`'s voices on `host`:`port`, from `start` to `close`.

    The protocol knows no password: off loopback everybody in the network may use the voices.
    """

    def __init__(self, narration: Speaks, host: str, port: int, version: str = "") -> None:
        self._narration = narration
        self._address = host, port
        self._version = version
        self._server: asyncio.Server | None = None
        self._sessions: set[asyncio.Task[None]] = set()
        self._closing = False

    @property
    def url(self) -> str:
        """Where it listens."""
        assert self._server is not None
        host, port = self._server.sockets[0].getsockname()[:2]
        return f"tcp://{host}:{port}"

    async def start(self) -> None:
        """Take the address; raises `BridgeError` where it cannot be had."""
        host, port = self._address
        try:
            self._server = await asyncio.start_server(self._connected, host, port)
        except OSError as error:
            raise BridgeError(
                f"the Wyoming server cannot listen on {host}:{port}: {error.strerror or error}; "
                "choose another wyoming.address"
            ) from error

    async def close(self) -> None:
        """End it. Idempotent."""
        self._closing = True
        if self._server is not None:
            self._server.close()
        for session in self._sessions:
            session.cancel()
        await asyncio.gather(*self._sessions, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._sessions.add(task)
        try:
            if len(self._sessions) <= _MOST:
                await _Session(self._narration, self._version, reader, writer).run()
        except (ConnectionError, EOFError):
            pass  # it has gone, perhaps in the middle of an event
        except asyncio.CancelledError:
            if not self._closing:
                raise
        finally:
            self._sessions.discard(task)
            if self._closing:  # what is on its way to one who does not read is not waited for
                writer.transport.abort()
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


class _Session:
    """One connection."""

    def __init__(
        self,
        narration: Speaks,
        version: str,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._narration = narration
        self._version = version
        self._reader = _Bounded(reader)
        self._writer = writer

    async def run(self) -> None:
        while (event := await self._next()) is not None:
            if Describe.is_type(event.type):
                await self.send(_info(self._narration.voices(), self._version))
            elif Ping.is_type(event.type):
                await self.send(Pong(text=Ping.from_event(event).text))
            elif Synthesize.is_type(event.type):
                asked = self._read(Synthesize, event)
                if asked is None:
                    return
                speech = _Speech(self, asked.voice)
                if await self._chunks(speech, [Chunk(asked.text, Boundary.PARAGRAPH)]):
                    await speech.finish()
            elif SynthesizeStart.is_type(event.type):
                started = self._read(SynthesizeStart, event)
                if started is None:
                    return
                await self._speak_stream(started.voice)

    async def _speak_stream(self, voice: SynthesizeVoice | None) -> None:
        """A text that is still being written, until its `synthesize-stop`."""
        speech, chunker, characters, good = _Speech(self, voice), Chunker(), 0, True
        while (event := await self._next()) is not None:
            chunks: list[Chunk] = []
            ended = SynthesizeStop.is_type(event.type)
            if SynthesizeChunk.is_type(event.type):
                chunk = self._read(SynthesizeChunk, event)
                if chunk is None:
                    return
                text = chunk.text
                characters += len(text)
                if characters > _MOST_TEXT:
                    await self.send(Error(text=f"a text has at most {_MOST_TEXT} characters"))
                    return
                chunks = chunker.push(text)
            elif ended:
                chunks = chunker.finish()
            # Others are left out: `synthesize` repeats the whole for servers that cannot stream.
            good = good and await self._chunks(speech, chunks)
            if ended:
                if good:
                    await speech.finish()
                await self.send(SynthesizeStopped())
                return

    async def _chunks(self, speech: "_Speech", chunks: Iterable[Chunk]) -> bool:
        """Whether all could be spoken; what could not is told."""
        try:
            for chunk in chunks:
                await speech.speak(chunk)
        except SkaldcastError as error:
            await self.send(Error(text=str(error), code="synthesis-failed"))
            return False
        return True

    def render(self, text: str, voice: SynthesizeVoice | None) -> Rendition:
        """Raises what `Narrator.render` does."""
        name = None if voice is None else voice.name
        return self._narration.render(text, voice=name)

    def _read(self, kind: type[_E], event: Event) -> _E | None:
        """What an event says; None, which ends the connection, where it does not say it rightly."""
        try:
            read = kind.from_event(event)
            text = getattr(read, "text", "")
            if not isinstance(text, str):
                raise TypeError(f"the text is {text!r:.40}")
        except _WRONG as error:
            _log.info("a Wyoming client sent a wrong %s: %r", event.type, error)
            return None
        return cast("_E", read)

    async def _next(self) -> Event | None:
        """The next event; None at the end, and where what came is none."""
        try:
            return await async_read_event(self._reader)  # pyright: ignore[reportArgumentType]
        except _WRONG as error:
            _log.info("a Wyoming client sent what is no event: %r", error)
            return None

    async def send(self, event: Eventable) -> None:
        """Waits where the client does not read."""
        await async_write_event(event.event(), self._writer)


class _Speech:
    """One stretch of sound: a beginning, blocks, an end."""

    def __init__(self, session: _Session, voice: SynthesizeVoice | None) -> None:
        self._session = session
        self._voice = voice
        self._rate = 0
        self._pause_s = 0.0

    async def speak(self, chunk: Chunk) -> None:
        """Send what it sounds like; raises `SkaldcastError`."""
        rendition = self._session.render(chunk.text, self._voice)
        try:
            async for samples in rendition:
                if not self._rate:
                    self._rate = rendition.sample_rate
                    await self._session.send(AudioStart(self._rate, 2, 1))
                if self._pause_s:
                    await self._send(np.zeros(round(self._pause_s * self._rate), np.float32))
                    self._pause_s = 0.0
                await self._send(samples)
        finally:
            rendition.cancel()
        self._pause_s = pause_after_s(chunk.boundary)

    async def finish(self) -> None:
        """The sound ends; a sound there is in any case, as whoever asked waits for its end."""
        if not self._rate:
            await self._session.send(AudioStart(_USUAL_RATE, 2, 1))
        await self._session.send(AudioStop())

    async def _send(self, samples: Samples) -> None:
        data = np.rint(np.clip(samples, -1.0, 1.0) * 32_767).astype("<i2").tobytes()
        await self._session.send(AudioChunk(self._rate, 2, 1, data))


class _Bounded:
    """A stream of which nobody can make us read more at a time than an event has."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader

    async def readline(self) -> bytes:
        return await self._reader.readline()  # 64 KB at most: asyncio's own bound

    async def readexactly(self, count: int) -> bytes:
        if count > _LONGEST:
            raise ValueError(f"an event has at most {_LONGEST} bytes, not {count}")
        return await self._reader.readexactly(count)


def _info(rows: Iterable[VoiceRow], version: str) -> Info:
    ours = Attribution(name="Skaldcast", url="")
    programs: dict[str, TtsProgram] = {}
    for row in rows:
        voice = row.voice
        if row.missing:
            continue
        program = programs.setdefault(
            voice.synthesizer,
            TtsProgram(
                name=voice.synthesizer,
                description=f"Skaldcast: {voice.synthesizer}",
                attribution=ours,
                installed=True,
                version=version,
                voices=[],
                supports_synthesize_streaming=True,
            ),
        )
        program.voices.append(
            TtsVoice(
                name=voice.spec,
                description=voice.description or voice.name,
                attribution=Attribution(name=voice.source or voice.synthesizer, url=""),
                installed=True,
                version=None,
                languages=list(voice.languages),
            )
        )
    return Info(tts=list(programs.values()))
