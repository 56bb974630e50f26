"""The sound itself: real clients, a real narrator that speaks with the `tone` voice."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from functools import partial

import numpy as np
import pytest
from numpy.typing import NDArray

from skaldcast.bridge.client import BridgeClient, RequestError
from skaldcast.bridge.client_audio import AudioBlock, AudioDropped, AudioMissing, ClientAudio
from skaldcast.bridge.protocol import Encoding, ErrorCode, EventName, Priority
from skaldcast.bridge.protocol import requests as ask
from skaldcast.bridge.protocol.events import AudioLevel, CueStarted, WordStarted
from skaldcast.bridge.protocol.replies import Ok
from skaldcast.core.audio_feed import AudioFeed
from skaldcast.core.audio_tap import AudioTap
from skaldcast.core.narrator import Narrator
from skaldcast.core.playout.frame_ring import Samples
from skaldcast.core.types import Outcome
from tests.bridge.serving import raw
from tests.bridge.test_speaking import bridged, client_of, count_of, hearing
from tests.core.narrating import nothing_is_left_behind, run, until

__all__ = ["nothing_is_left_behind"]
pytestmark = pytest.mark.usefixtures("nothing_is_left_behind")
TEXT = "The gate stood open."
_TURN = 2 * np.cos(2 * np.pi * 440 / 24_000)


class Record(AudioTap):
    """A tap that keeps everything: what the listeners should have."""

    def __init__(self, narrator: Narrator) -> None:
        self._samples: list[Samples] = []
        self._dropped: list[tuple[int, int]] = []
        narrator.add_tap(self)

    def pushed(self, frame: int, samples: Samples) -> None:
        assert frame == sum(s.size for s in self._samples)
        self._samples.append(samples.copy())

    def cleared(self, begin: int, end: int) -> None:
        self._dropped.append((begin, end))

    @property
    def sound(self) -> Samples:
        """All that was not cleared."""
        sound = np.concatenate(self._samples)
        wanted = np.ones(sound.size, bool)
        for begin, end in self._dropped:
            wanted[begin:end] = False
        return sound[wanted]


class Mixer:
    """Keeps what it gets and plays it only when told to."""

    def __init__(self, audio: ClientAudio) -> None:
        self.blocks: list[AudioBlock] = []
        self.missing: list[AudioMissing] = []
        self.dropped: list[AudioDropped] = []
        self._audio = audio

    async def run(self) -> None:
        async for piece in self._audio:
            match piece:
                case AudioBlock():
                    self.blocks.append(piece)
                case AudioMissing():
                    self.missing.append(piece)
                case AudioDropped(begin, end):
                    self.dropped.append(piece)
                    self.blocks = [
                        AudioBlock(b.position, b.samples[: max(begin - b.position, 0)])
                        if b.end > begin and b.position < end
                        else b
                        for b in self.blocks
                    ]

    @property
    def sound(self) -> NDArray[np.float32]:
        parts = [block.samples for block in self.blocks]
        return np.concatenate(parts) if parts else np.zeros((0, 1), np.float32)

    @property
    def end(self) -> int:
        """Up to where it has got sound."""
        ends = [block.end for block in self.blocks if len(block.samples)]
        return max([*ends, *(drop.end for drop in self.dropped)], default=0)


@contextlib.asynccontextmanager
async def mixing(
    client: BridgeClient, *, ahead_s: float = 30.0, rate: int = 24_000, channels: int = 1
) -> AsyncIterator[tuple[ClientAudio, Mixer]]:
    async with client.audio(sample_rate=rate, channels=channels, ahead_s=ahead_s) as audio:
        mixer = Mixer(audio)
        task = asyncio.create_task(mixer.run())
        yield audio, mixer
    await task


def seams(sound: NDArray[np.float32]) -> int:
    """Where a tone of 440 Hz is not continuous in its phase."""
    tone = sound[:, 0].astype(np.float64)
    away = np.abs(tone[2:] - _TURN * tone[1:-1] + tone[:-2]) > 1e-4
    return int(np.count_nonzero(away[1:] & ~away[:-1]) + away[0])


def test_the_sound_comes_without_gap_or_repetition_and_the_end_when_it_has_been_played():
    async def work() -> None:
        async with bridged() as (narrator, server), client_of(server) as client:
            record = Record(narrator)
            async with mixing(client) as (audio, mixer):
                await client.say(TEXT, cue_id="a")
                await client.say(TEXT, cue_id="b")
                await narrator.drain()
                ended = asyncio.create_task(client.finished("a"))
                await client.get_state()  # comes after all that was told before
                assert not ended.done()
                await audio.played(mixer.end)
                assert await ended is Outcome.FINISHED
                assert await client.finished("b") is Outcome.FINISHED
            assert np.array_equal(mixer.sound[:, 0], record.sound)
            assert seams(mixer.sound) == 0
            assert not mixer.dropped

    run(work)


def test_words_are_told_as_far_as_the_client_has_played():
    async def work() -> None:
        async with bridged() as (narrator, server):
            async with hearing(server) as (client, events), mixing(client) as (audio, mixer):
                await client.say(TEXT, cue_id="a")
                await narrator.drain()
                await client.get_state()
                assert count_of(CueStarted, events) == 0
                await audio.played(mixer.end // 2)
                await client.get_state()
                words = [e.start for e in events if isinstance(e, WordStarted)]
                assert 0 < words[-1] < len(TEXT) * 0.6
                await audio.played(mixer.end)
                await client.finished("a")
            assert [e.seq for e in events] == list(range(1, len(events) + 1))

    run(work)


def test_what_is_skipped_interrupted_and_stopped_is_taken_back():
    async def work() -> None:
        async with bridged() as (narrator, server):
            record = Record(narrator)
            async with hearing(server) as (client, events), client_of(server) as listener:
                async with mixing(listener) as (audio, mixer):

                    async def heard(cue_id: str) -> None:
                        await until(
                            lambda: any(
                                isinstance(e, WordStarted) and e.cue_id == cue_id for e in events
                            )
                        )

                    for cue_id in "abc":
                        await client.say(TEXT, cue_id=cue_id)
                    await heard("a")
                    await client.skip()
                    await heard("b")
                    await client.say(TEXT, cue_id="cut", priority=Priority.INTERRUPT)
                    await heard("cut")
                    await client.stop()
                    await client.say("Hi there.", cue_id="last")
                    await client.finished("last")
                    await listener.get_state()
                    await until(lambda: mixer.sound.shape[0] >= record.sound.size)
                    await audio.played(mixer.end)
                    assert await listener.finished("last") is Outcome.FINISHED
                assert np.array_equal(mixer.sound[:, 0], record.sound)
                assert len(mixer.dropped) >= 3
                assert seams(mixer.sound) <= 3  # one at each cut

    run(work)


def test_a_connection_that_is_lost_goes_on_with_the_right_frame():
    async def work() -> None:
        async with bridged(voice="tone?rtf=0.3&latency=0") as (narrator, server):
            record = Record(narrator)
            async with client_of(server) as client, mixing(client) as (audio, mixer):
                await client.say(TEXT, cue_id="a")
                for count in (1, 3, 5):
                    await until(lambda n=count: len(mixer.blocks) >= n)
                    assert client._socket is not None
                    client._socket.transport.abort()
                await narrator.drain()
                await until(lambda: mixer.sound.shape[0] >= record.sound.size)
                await audio.played(mixer.end)
                assert await client.finished("a") is Outcome.FINISHED
                assert np.array_equal(mixer.sound[:, 0], record.sound)
                assert not mixer.missing

    run(work)


def test_a_session_that_is_gone_is_told_with_the_sound():
    async def work() -> None:
        async with (
            bridged() as (_, server),
            client_of(server) as client,
            mixing(client) as (_, mixer),
        ):
            server.hub.sessions._sessions.clear()
            assert client._socket is not None
            client._socket.transport.abort()
            await client.say("Hi there.", cue_id="a")
            await until(lambda: bool(mixer.missing and mixer.blocks))
            assert mixer.missing[0].frames is None
            assert mixer.blocks[0].position == 0

    run(work)


def test_several_listen_each_in_its_own_form_and_a_liar_touches_nobody():
    async def work() -> None:
        async with bridged() as (narrator, server), contextlib.AsyncExitStack() as stack:
            record = Record(narrator)
            clients = [await stack.enter_async_context(client_of(server)) for _ in range(3)]
            forms = [(24_000, 1), (48_000, 2), (48_000, 1)]
            listening = [
                await stack.enter_async_context(mixing(client, rate=rate, channels=channels))
                for client, (rate, channels) in zip(clients, forms, strict=True)
            ]
            mixers = [mixer for _, mixer in listening]
            await clients[0].say(TEXT, cue_id="a")
            await until(lambda: bool(mixers[2].blocks))
            for frame in (2**40, 10**9):
                with pytest.raises(RequestError) as caught:
                    await listening[2][0].played(frame)
                assert caught.value.code == ErrorCode.WRONG_POSITION
            await narrator.drain()
            frames = record.sound.size
            await until(lambda: mixers[1].sound.shape[0] >= 2 * frames)
            assert np.array_equal(mixers[0].sound[:, 0], record.sound)
            both = mixers[1].sound
            assert both.shape == (2 * frames, 2)
            assert np.array_equal(both[:, 0], both[:, 1])
            assert np.abs(both[::2, 0] - record.sound)[200:-200].max() < 1e-3
            assert narrator.report()["underruns"] == 0

    run(work)


def test_a_client_without_credit_is_sent_nothing():
    async def work() -> None:
        async with bridged() as (narrator, server), raw(server.url) as client:
            await client.identify(events=[])
            form = {"encoding": "s16", "sample_rate": 48_000.0, "channels": 2.0}
            reply = await client.ask("audio_start", format=form)
            assert (reply["stream"], reply["frame"]) == (1, 0)
            narrator.play("Hi there.")
            await narrator.drain()
            state = await client.ask("get_state")  # would fail on a binary frame
            assert state["cues"] == 1
            reply = await client.ask("audio_position", stream=1, frame=0, credit=100)
            assert reply["type"] == "ok"
            assert len(await client.socket.recv()) == 16 + 100 * 4

    run(work)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"stream": 2, "frame": 0, "credit": 0}, ErrorCode.UNKNOWN_STREAM),
        ({"stream": 1, "frame": 1, "credit": 0}, ErrorCode.WRONG_POSITION),
        ({"stream": 1, "frame": 0, "credit": 10**9}, ErrorCode.WRONG_VALUE),
        ({"stream": 1, "frame": -1, "credit": 0}, ErrorCode.WRONG_VALUE),
        ({"stream": 1, "frame": 0.5, "credit": 0}, ErrorCode.WRONG_VALUE),
        ({"stream": 1, "frame": 0}, ErrorCode.MISSING_FIELD),
    ],
)
def test_what_makes_no_sense_is_refused(fields: dict[str, float], code: ErrorCode):
    async def work() -> None:
        async with bridged() as (_, server), raw(server.url) as client:
            await client.identify()
            assert (await client.ask("audio_start", format={}))["type"] == "ok"
            assert (await client.ask("audio_position", **fields))["code"] == code

    run(work)


def test_once_it_is_stopped_events_follow_the_output_again():
    async def work() -> None:
        async with bridged() as (_, server), client_of(server) as client:
            async with mixing(client):
                await client.say("Hi there.", cue_id="a")
            assert await client.finished("a") is Outcome.FINISHED
            position = ask.AudioPosition(id="p", stream=1, frame=0, credit=0)
            with pytest.raises(RequestError) as caught:
                await client._ask_server(position, Ok)
            assert caught.value.code == ErrorCode.UNKNOWN_STREAM

    run(work)


def test_how_loud_it_is_is_told_to_who_wants_it():
    async def work() -> None:
        async with bridged() as (_, server):
            names = [EventName.AUDIO_LEVEL]
            async with hearing(server, events=names) as (client, events):
                await client.say(TEXT)
                await until(lambda: len(events) > 3)
            levels = [e for e in events if isinstance(e, AudioLevel)]
            assert max(e.peak for e in levels) == pytest.approx(0.25, abs=0.01)
            assert max(e.rms for e in levels) == pytest.approx(0.25 / 2**0.5, abs=0.01)

    run(work)


def test_a_client_that_reads_too_slowly_touches_nobody():
    async def work() -> None:
        async with bridged() as (narrator, server), client_of(server) as client:
            record = Record(narrator)
            async with raw(server.url, max_queue=1) as slow, mixing(client) as (_, mixer):
                await slow.identify(events=[])
                form = {"sample_rate": 48_000, "channels": 2}
                await slow.send(type="audio_start", id="x", format=form, credit=10**6)
                await client.say(TEXT * 2, cue_id="a")
                await narrator.drain()
                await until(lambda: mixer.sound.shape[0] >= record.sound.size)
                assert np.array_equal(mixer.sound[:, 0], record.sound)

    run(work)


def test_what_a_client_left_for_too_long_is_told_as_lost(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("skaldcast.bridge.server.AudioFeed", partial(AudioFeed, kept_s=0.5))

    async def work() -> None:
        async with bridged() as (narrator, server), client_of(server) as client:
            record = Record(narrator)
            async with mixing(client, ahead_s=0.1) as (audio, mixer):
                await client.say(TEXT, cue_id="a")
                await narrator.drain()
                ended = asyncio.create_task(client.finished("a"))
                while not ended.done():
                    await audio.played(mixer.end)
                    await client.get_state()
            come, there = mixer.sound[:, 0], record.sound
            for missing in reversed(mixer.missing):
                assert missing.frames is not None
                gap = np.full(missing.frames, np.nan, np.float32)
                come = np.insert(come, missing.at, gap)
            assert come.size == there.size
            assert np.count_nonzero(np.isnan(come)) > 0.5 * 24_000
            assert np.array_equal(come[~np.isnan(come)], there[~np.isnan(come)])

    run(work)


def test_the_samples_may_be_16_bits_wide():
    async def work() -> None:
        async with bridged() as (narrator, server), client_of(server) as client:
            record = Record(narrator)
            async with client.audio(encoding=Encoding.S16, ahead_s=30.0) as audio:
                mixer = Mixer(audio)
                task = asyncio.create_task(mixer.run())
                await client.say("Hi there.")
                await narrator.drain()
                await until(lambda: mixer.sound.shape[0] >= record.sound.size)
            await task
            assert np.abs(mixer.sound[:, 0] - record.sound).max() <= 0.51 / 32_767

    run(work)
