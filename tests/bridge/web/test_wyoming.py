"""Wyoming, spoken by the package's own client with a real narrator."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Iterable
from dataclasses import replace
from urllib.parse import urlsplit

import numpy as np
import pytest
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.error import Error
from wyoming.event import Event, Eventable
from wyoming.info import Describe, Info
from wyoming.ping import Ping, Pong
from wyoming.tts import (
    Synthesize,
    SynthesizeChunk,
    SynthesizeStart,
    SynthesizeStop,
    SynthesizeStopped,
    SynthesizeVoice,
)

from skaldcast.bridge.web.wyoming import WyomingServer
from skaldcast.core.errors import BridgeError
from skaldcast.core.narrator import Narrator
from skaldcast.core.narrator_options import NarratorOptions
from tests.core.narrating import FAST, run
from tests.core.simulation import sentences

TEXT = "The gate stood open, and nobody was there."


@contextlib.asynccontextmanager
async def serving(options: NarratorOptions = FAST) -> AsyncGenerator[str]:
    async with Narrator(options) as narrator:
        server = WyomingServer(narrator, "127.0.0.1", 0, "0.1.0")
        await server.start()
        try:
            yield server.url
        finally:
            await server.close()


@contextlib.asynccontextmanager
async def client_of(url: str) -> AsyncGenerator[AsyncTcpClient]:
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    client = AsyncTcpClient(parts.hostname, parts.port)
    await client.connect()
    try:
        yield client
    finally:
        await client.disconnect()


async def send(client: AsyncTcpClient, *events: Eventable) -> None:
    for event in events:
        await client.write_event(event.event())


async def until(client: AsyncTcpClient, last: type[Eventable]) -> list[Event]:
    events: list[Event] = []
    while not events or not last.is_type(events[-1].type):
        event = await client.read_event()
        assert event is not None
        events.append(event)
    return events


def seconds(events: Iterable[Event]) -> float:
    chunks = [AudioChunk.from_event(e) for e in events if AudioChunk.is_type(e.type)]
    samples = np.concatenate([np.frombuffer(chunk.audio, "<i2") for chunk in chunks])
    assert np.abs(samples).max() > 1_000
    return samples.size / chunks[0].rate


def test_every_voice_that_can_speak_is_told():
    async def work() -> None:
        async with serving() as url, client_of(url) as client:
            await send(client, Describe())
            info = Info.from_event((await until(client, Info))[-1])
            voices = {voice.name for program in info.tts for voice in program.voices}
            assert {"tone:tone", "hibari:heart"} <= voices
            assert all(program.supports_synthesize_streaming for program in info.tts)

    run(work)


def test_a_text_is_spoken_from_its_start_to_its_stop():
    async def work() -> None:
        async with serving() as url, client_of(url) as client:
            await send(client, Synthesize(TEXT, voice=SynthesizeVoice(name="tone")))
            events = await until(client, AudioStop)
            assert AudioStart.is_type(events[0].type)
            assert seconds(events) == pytest.approx(len(TEXT) * 0.065, abs=0.01)

    run(work)


def test_a_text_that_is_still_being_written_is_spoken_while_it_comes():
    async def work() -> None:
        async with serving() as url, client_of(url) as client:
            text = sentences(range(6))
            half = len(text) // 2
            await send(client, SynthesizeStart(), SynthesizeChunk(text[:half]))
            first = await until(client, AudioChunk)  # before the rest is written
            await send(client, SynthesizeChunk(text[half:]), Synthesize(text), SynthesizeStop())
            rest = await until(client, SynthesizeStopped)
            assert AudioStop.is_type(rest[-2].type)
            spoken_s = seconds([*first, *rest])
            assert len(text) * 0.065 * 0.95 < spoken_s < len(text) * 0.065 + 6.0

    run(work)


def test_two_at_once_do_not_mix():
    async def spoken(url: str, text: str) -> float:
        async with client_of(url) as client:
            await send(client, Synthesize(text))
            return seconds(await until(client, AudioStop))

    async def work() -> None:
        async with serving() as url:
            texts = [TEXT, TEXT + " " + TEXT, TEXT]
            alone = [await spoken(url, text) for text in texts]
            assert await asyncio.gather(*(spoken(url, text) for text in texts)) == alone

    run(work)


def test_what_cannot_be_spoken_is_told_and_the_next_is_spoken():
    async def work() -> None:
        async with serving() as url, client_of(url) as client:
            nobody = SynthesizeVoice(name="nobody")
            await send(client, Synthesize(TEXT, voice=nobody))
            assert "nobody" in Error.from_event((await until(client, Error))[-1]).text
            await send(client, SynthesizeStart(voice=nobody), SynthesizeChunk(TEXT))
            await send(client, SynthesizeChunk(TEXT), SynthesizeStop())
            events = await until(client, SynthesizeStopped)
            assert [Error.is_type(event.type) for event in events] == [True, False]
            await send(client, Synthesize(TEXT))
            assert seconds(await until(client, AudioStop))

    run(work)


def test_nothing_to_say_is_answered_with_an_empty_sound():
    async def work() -> None:
        async with serving() as url, client_of(url) as client:
            await send(client, Synthesize(" ... "))
            events = await until(client, AudioStop)
            assert [AudioStart.is_type(events[0].type), len(events)] == [True, 2]

    run(work)


@pytest.mark.parametrize(
    "sent",
    [
        b"not JSON\n",
        b"[]\n",
        b"{}\n",
        b'{"type": "synthesize", "data": {}}\n',
        b'{"type": "synthesize", "data": {"text": 5}}\n',
        b'{"type": "synthesize", "data_length": 2000000000}\n',
        b'{"type": "synthesize", "data_length": "x"}\n',
        b"x" * 200_000 + b"\n",
        b'{"type": "describe"',
    ],
)
def test_what_is_no_event_ends_its_connection_alone(sent: bytes):
    async def work() -> None:
        async with serving() as url, client_of(url) as client:
            parts = urlsplit(url)
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
            async with asyncio.timeout(20):
                with contextlib.suppress(OSError):  # it was ended before all of it was read
                    writer.write(sent)
                    writer.write_eof()
                    assert await reader.read() == b""
            writer.close()
            await send(client, Ping())
            assert await until(client, Pong)

    run(work)


def test_who_goes_in_the_middle_keeps_nobody_waiting():
    async def work() -> None:
        async with serving(replace(FAST, voice="tone?rtf=0.5&latency=0")) as url:
            async with client_of(url) as client:
                await send(client, Synthesize(sentences(range(30))))
                await until(client, AudioChunk)
            async with client_of(url) as client:
                await send(client, Synthesize("Come in."))
                assert seconds(await until(client, AudioStop))

    run(work)


def test_a_busy_address_is_told():
    async def work() -> None:
        async with serving() as url:
            port = urlsplit(url).port
            assert port is not None
            async with Narrator(FAST) as narrator:
                with pytest.raises(BridgeError, match="choose another"):
                    await WyomingServer(narrator, "127.0.0.1", port).start()

    run(work)
