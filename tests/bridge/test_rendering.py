"""Sound files: real clients, a real narrator that speaks with the `tone` voice."""

import asyncio
import io
from collections.abc import Callable

import numpy as np
import pytest
import soundfile

from skaldcast.bridge.client import BridgeClient, RequestError
from skaldcast.bridge.client_render import RenderedFile
from skaldcast.bridge.protocol import ErrorCode, Policy
from skaldcast.bridge.server import BridgeServer
from skaldcast.bridge.session import Session
from skaldcast.core.errors import BridgeError
from skaldcast.core.file_encoding import FileKind
from skaldcast.core.narrator import Narrator
from skaldcast.core.playout.frame_ring import Samples
from skaldcast.core.rendering import AHEAD_S, Rendition
from skaldcast.core.types import Outcome
from tests.bridge.serving import raw, serving
from tests.bridge.test_audio import mixing, seams
from tests.bridge.test_speaking import bridged, client_of
from tests.core.narrating import nothing_is_left_behind, run, until

__all__ = ["nothing_is_left_behind"]
pytestmark = pytest.mark.usefixtures("nothing_is_left_behind")
TEXT = "The gate stood open.\n\nNobody had come."
SLOW = "tone?rtf=0.3&latency=0.05"
ENDLESS = "The gate stood open, and nobody had come. " * 700


def samples_of(made: RenderedFile) -> Samples:
    samples, rate = soundfile.read(io.BytesIO(made.data), dtype="float32")
    assert rate == 24_000
    assert made.duration_s == pytest.approx(samples.size / rate)
    return samples


async def frames_of(narrator: Narrator, text: str, character: str | None = None) -> int:
    """What the narrator itself makes of it."""
    rendition = narrator.render(text, character=character)
    return sum([block.size async for block in rendition])


def is_one_tone(samples: Samples) -> bool:
    """Whether it is as loud from its beginning to its end as the voice is."""
    inner = samples[2_400 : samples.size // 2_400 * 2_400 - 2_400].reshape(-1, 2_400)
    level = np.sqrt(np.mean(inner**2, axis=1))
    return bool(np.abs(level - 0.25 / 2**0.5).max() < 0.01)


@pytest.mark.parametrize("kind", FileKind)
def test_a_file_has_what_would_be_heard_and_when_each_word_is(kind: FileKind):
    async def work() -> None:
        async with bridged() as (narrator, server), client_of(server) as client:
            made = await client.render(TEXT, file=kind)
            samples = samples_of(made)
            assert samples.size == await frames_of(narrator, TEXT)
            assert is_one_tone(samples)
            words = ["The", "gate", "stood", "open", "Nobody", "had", "come"]
            assert [word.word for word in made.words] == words
            assert [word.start for word in made.words] == [TEXT.index(word) for word in words]
            # The tone has 0.065 s for each character, inner spaces too.
            at_s = [word.start_s for word in made.words]
            assert at_s == pytest.approx([word.start * 0.065 for word in made.words])
            assert made.words[1].duration_s == pytest.approx(4 * 0.065)

    run(work)


def test_it_is_made_beside_what_is_heard_which_does_not_suffer():
    async def work() -> None:
        async with (
            bridged(voice="tone?rtf=0.2&latency=0.05") as (narrator, server),
            client_of(server) as client,
        ):
            await client.say(TEXT, cue_id="a")
            many = await asyncio.gather(*(client.render(TEXT) for _ in range(4)))
            assert await client.finished("a") is Outcome.FINISHED
            assert len({made.duration_s for made in many}) == 1
            report = narrator.report()
            assert (report["underruns"], report["cues"]) == (0, 1)

    run(work)


def test_a_file_and_the_sound_itself_come_over_one_connection():
    async def work() -> None:
        async with bridged() as (narrator, server), client_of(server) as client:
            async with mixing(client) as (audio, mixer):
                await client.say(TEXT, cue_id="a")
                made = await client.render(TEXT, file=FileKind.WAV)
                await narrator.drain()
                await until(lambda: len(mixer.sound) >= samples_of(made).size)
                await audio.played(mixer.end)
                assert await client.finished("a") is Outcome.FINISHED
            assert seams(mixer.sound) == 0
            assert len(mixer.sound) == samples_of(made).size

    run(work)


def test_on_a_channel_of_its_own_a_session_has_its_own_cast():
    async def work() -> None:
        async with (
            bridged() as (narrator, server),
            client_of(server, policy=Policy.SESSION) as client,
        ):
            await client.set_cast({"Mira": "hibari:heart"})
            tone = await client.render("Come in.")
            mira = await client.render("Come in.", character="Mira")
            elsewhere = await frames_of(narrator, "Come in.", "Mira")
            assert tone.duration_s == pytest.approx(elsewhere / 24_000)
            assert is_one_tone(samples_of(tone))
            assert not is_one_tone(samples_of(mira))

    run(work)


def test_as_many_at_once_as_may_be_and_no_more():
    async def work() -> None:
        limits = {"renders": 1}
        async with bridged(limits=limits, voice=SLOW) as (_, server), client_of(server) as client:
            first = asyncio.create_task(client.render(TEXT))
            await until(lambda: bool(client._renders._coming))
            with pytest.raises(RequestError) as caught:
                await client.render(TEXT)
            assert caught.value.code == ErrorCode.TOO_MANY_RENDERS
            await first
            await client.render("Hi.")

    run(work)


def session_of(server: BridgeServer) -> Session:
    (session,) = (session for session in server.hub.sessions if session.renders)
    return session


def rendition_of(server: BridgeServer) -> Rendition:
    (render,) = session_of(server).renders.values()
    return render._rendition


async def cut(client: BridgeClient) -> None:
    assert client._socket is not None
    client._socket.transport.abort()


def test_after_a_lost_connection_it_is_made_anew():
    async def work() -> None:
        async with bridged(voice=SLOW) as (narrator, server), client_of(server) as client:
            making = asyncio.create_task(client.render(TEXT, file=FileKind.WAV))
            await until(lambda: bool(client._renders._coming))
            await until(lambda: any(c.data for c in client._renders._coming.values()))
            lost = rendition_of(server)
            await cut(client)
            await until(lambda: lost.ended)
            made = await making
            samples = samples_of(made)
            assert samples.size == await frames_of(narrator, TEXT)
            assert is_one_tone(samples)
            assert [word.word for word in made.words].count("gate") == 1

    run(work)


async def leave(client: BridgeClient, making: asyncio.Task[RenderedFile]) -> None:
    making.cancel()
    await client.get_state()


async def leave_early(client: BridgeClient, making: asyncio.Task[RenderedFile]) -> None:
    """Before the reply has come."""
    again = asyncio.create_task(client.render(ENDLESS))
    await asyncio.sleep(0)
    again.cancel()
    await leave(client, making)


async def go(client: BridgeClient, _: asyncio.Task[RenderedFile]) -> None:
    await client.close()


@pytest.mark.parametrize("end", [leave, leave_early, go])
def test_nothing_is_made_for_nobody(end: Callable[..., asyncio.Future[None]]):
    async def work() -> None:
        async with bridged(voice=SLOW) as (_, server), client_of(server) as client:
            making = asyncio.create_task(client.render(ENDLESS))
            await until(lambda: bool(client._renders._coming))
            rendition = rendition_of(server)
            await end(client, making)
            await until(lambda: rendition.ended)
            await until(lambda: not any(session.renders for session in server.hub.sessions))
            await until(lambda: not client._renders._asked)
            (ended,) = await asyncio.gather(making, return_exceptions=True)
            assert isinstance(ended, BridgeError | asyncio.CancelledError)

    run(work)


def test_a_client_that_does_not_read_is_waited_for_and_touches_nobody():
    async def work() -> None:
        async with bridged() as (_, server), client_of(server) as other:
            async with raw(server.url, max_queue=1) as slow:
                await slow.identify(events=[])
                await slow.send(type="render", id="x", text=ENDLESS, file="wav")
                await until(lambda: any(s.renders for s in server.hub.sessions))
                rendition = rendition_of(server)
                await until(lambda: rendition.is_full)
                await other.say("Hi there.", cue_id="a")
                assert await other.finished("a") is Outcome.FINISHED
                await other.render("Hi there.")
                assert not rendition.ended
                assert rendition._unread < 2 * AHEAD_S * rendition.sample_rate
                assert rendition.frames < 100 * rendition.sample_rate
            await until(lambda: rendition.ended)

    run(work)


def test_after_it_was_taken_back_nothing_of_it_comes():
    async def work() -> None:
        async with bridged(voice=SLOW) as (_, server), raw(server.url) as client:
            await client.identify(events=[])
            await client.send(type="render", id="x", text=ENDLESS, file="wav")
            frames = [await client.socket.recv() for _ in range(6)]
            assert any(isinstance(frame, bytes) for frame in frames)
            await client.send(type="render_cancel", id="y", stream=1)
            while isinstance(frame := await client.socket.recv(), bytes) or '"y"' not in frame:
                pass
            state = await client.ask("get_state")
            assert state["type"] == "ok"
            assert not any(session.renders for session in server.hub.sessions)

    run(work)


def test_a_voice_that_cannot_go_on_is_told():
    async def work() -> None:
        async with serving() as (server, narrator), client_of(server) as client:
            making = asyncio.create_task(client.render(TEXT))
            await until(lambda: bool(narrator.renditions))
            narrator.renditions[0].end("the voice is gone")
            with pytest.raises(BridgeError, match="the voice is gone"):
                await making

    run(work)


def test_a_server_that_is_too_old_is_told_of():
    async def work() -> None:
        async with bridged() as (_, server), client_of(server) as client:

            async def refuse(*_: object) -> None:
                raise RequestError(ErrorCode.UNKNOWN_TYPE, "Invalid value 'render' - at `type`")

            client._renders._ask = refuse
            with pytest.raises(BridgeError, match="too old"):
                await client.render("Hi.")

    run(work)
