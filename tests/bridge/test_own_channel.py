"""Clients with channels of their own: real clients, a real narrator that speaks with `tone`."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, cast

import numpy as np
import psutil
import pytest

from skaldcast.bridge.client import BridgeClient
from skaldcast.bridge.client_audio import ClientAudio
from skaldcast.bridge.protocol import EventName, Policy
from skaldcast.bridge.protocol.events import (
    BridgeEvent,
    CueFinished,
    CueQueued,
    CueStarted,
    WordStarted,
)
from skaldcast.bridge.server import BridgeServer
from skaldcast.core.narrator import Narrator
from skaldcast.core.types import Outcome
from tests.bridge.serving import raw
from tests.bridge.test_audio import Mixer, Record, mixing
from tests.bridge.test_speaking import bridged, client_of, hearing, words
from tests.core.narrating import nothing_is_left_behind, run, until

__all__ = ["nothing_is_left_behind"]
pytestmark = pytest.mark.usefixtures("nothing_is_left_behind")
TEXT = "The gate stood open, and so did all."
OTHER = "Nobody had walked here, said the man."
SLOW = "tone?rtf=0.3&latency=0"


@contextlib.asynccontextmanager
async def alone(server: BridgeServer) -> AsyncIterator[tuple[BridgeClient, list[BridgeEvent]]]:
    """A client with a channel of its own."""
    async with hearing(server, policy=Policy.SESSION) as (client, events):
        yield client, events


async def play_on(audio: ClientAudio, mixer: Mixer) -> None:
    """Play as a game does, far faster: what has come has been heard."""
    while not audio.ended:
        await audio.played(mixer.end)
        await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def playing(client: BridgeClient) -> AsyncIterator[Mixer]:
    async with mixing(client) as (audio, mixer):
        task = asyncio.create_task(play_on(audio, mixer))
        try:
            yield mixer
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def records(server: BridgeServer) -> list[Record]:
    """What is made on each channel from now on, in the order in which they were opened."""
    return [Record(cast("Narrator", channel.speaker)) for channel in server._channels]


def cues_in(events: list[BridgeEvent]) -> set[str]:
    return {str(cue) for event in events if (cue := getattr(event, "cue_id", None)) is not None}


def frames_of(text: str) -> int:
    """What `tone` makes of it: 65 ms a character."""
    return round(len(text) * 0.065 * 24_000)


def test_two_clients_speak_at_once_each_hears_its_own_and_a_third_is_not_disturbed():
    async def work() -> None:
        async with bridged() as (narrator, server):
            async with (
                alone(server) as (one, heard_by_one),
                alone(server) as (two, heard_by_two),
                hearing(server) as (third, heard_by_third),
                playing(one) as first,
                playing(two) as second,
            ):
                made = records(server)
                await one.say(TEXT, cue_id="a")
                await two.say(OTHER, cue_id="b")
                await third.say("In the queue.", cue_id="c")
                ended = [
                    await one.finished("a"),
                    await two.finished("b"),
                    await third.finished("c"),
                ]
                assert ended == [Outcome.FINISHED] * 3
                assert [len(narrator.all_cues), narrator.report()["underruns"]] == [1, 0]
            for mixer, record, text in ((first, made[0], TEXT), (second, made[1], OTHER)):
                assert not mixer.missing
                assert not mixer.dropped
                assert mixer.end == len(mixer.sound) == frames_of(text)
                assert np.array_equal(mixer.sound[:, 0], record.sound)
            assert cues_in(heard_by_one) == {"a"}
            assert cues_in(heard_by_two) == {"b"}
            assert cues_in(heard_by_third) == {"c"}
            for events, cue_id, text in ((heard_by_one, "a", TEXT), (heard_by_two, "b", OTHER)):
                assert words(events, cue_id) == text.replace(",", "").replace(".", "")
                assert [e.seq for e in events] == list(range(1, len(events) + 1))
            starts, ends = times(heard_by_one)
            starts_2, ends_2 = times(heard_by_two)
            assert max(starts, starts_2) < min(ends, ends_2), "they did not speak at once"

    run(work)


def times(events: list[BridgeEvent]) -> tuple[float, float]:
    start = next(e.time_s for e in events if isinstance(e, CueStarted))
    return start, next(e.time_s for e in events if isinstance(e, CueFinished))


def test_the_same_cue_id_in_two_channels_means_two_cues():
    async def work() -> None:
        async with bridged() as (_, server):
            async with alone(server) as (one, events), hearing(server) as (other, _):
                await other.say("Queue.", cue_id="x")
                reply = await one.say("Alone.", cue_id="x")
                assert not reply.known
                assert (await one.say("Alone.", cue_id="x")).known
                assert await one.finished("x") is Outcome.FINISHED
                assert await other.finished("x") is Outcome.FINISHED
            assert [e.text for e in events if isinstance(e, CueQueued)] == ["Alone."]

    run(work)


def test_pause_skip_and_stop_concern_the_own_channel_only():
    async def work() -> None:
        async with bridged() as (narrator, server):
            async with alone(server) as (one, _), alone(server) as (two, events):
                await one.say(TEXT, cue_id="a")
                await two.say("First.", cue_id="b")
                await two.say(OTHER, cue_id="c")
                third = narrator.play("By the device.")
                await one.pause()
                await one.set_volume(0.0)
                assert await two.finished("b") is Outcome.FINISHED
                assert await third.wait_finished() is Outcome.FINISHED
                await two.skip()
                assert await two.finished("c") in (Outcome.SKIPPED, Outcome.INTERRUPTED)
                assert (await one.get_state()).transport_state == "paused"
                assert (await two.get_state()).transport_state == "idle"
                await one.resume()
                await until(lambda: server.clients == 2)
                await two.stop()
                assert await one.finished("a") is Outcome.FINISHED
            assert cues_in(events) == {"b", "c"}

    run(work)


def peak(mixer: Mixer) -> float:
    """Past the ramp from one volume to the next."""
    return float(np.abs(mixer.sound[2_400:]).max())


def test_the_volume_is_that_of_the_sound_that_is_sent():
    async def work() -> None:
        async with bridged() as (_, server), client_of(server, policy=Policy.SESSION) as client:
            async with playing(client) as mixer:
                await client.set_volume(0.5)
                await client.say("Half as loud.", cue_id="a")
                await client.finished("a")
                half = peak(mixer)
            async with playing(client) as mixer:
                await client.set_volume(1.0)
                await client.say("As it is.", cue_id="b")
                await client.finished("b")
                assert half == pytest.approx(peak(mixer) / 2, rel=0.01)

    run(work)


def test_one_channel_too_many_is_refused_with_a_number_and_its_place_is_free_once_one_goes():
    async def work() -> None:
        async with bridged(limits={"channels": 1, "kept_audio_s": 0.0}) as (_, server):
            async with alone(server) as (one, _):
                await one.say(TEXT * 10, cue_id="a")
                async with raw(server.url) as late:
                    hello: dict[str, Any] = await late.receive()
                    assert "channels" in hello["features"]
                    await late.send(type="identify", protocol=1, client="t", policy="session")
                    code, reason = await late.closed()
                assert code == 4025
                assert "bridge.channels" in reason
            await until(lambda: server.clients == 0)
            async with alone(server) as (two, events):
                await two.say("Now it is free.", cue_id="b")
                assert await two.finished("b") is Outcome.FINISHED
            assert cues_in(events) == {"b"}

    run(work)


def test_where_the_settings_allow_none_the_policy_is_refused():
    async def work() -> None:
        async with bridged(limits={"channels": 0}) as (_, server), raw(server.url) as client:
            hello: dict[str, Any] = await client.receive()
            assert "channels" not in hello["features"]
            await client.send(type="identify", protocol=1, client="t", policy="session")
            code, reason = await client.closed()
            assert code == 4002
            assert "policy" in reason

    run(work)


def test_a_session_that_ends_in_the_middle_gives_its_channel_back():
    async def work() -> None:
        async with bridged(voice=SLOW, limits={"kept_s": 0.1}) as (narrator, server):
            assert narrator._engine is not None
            channels = narrator._engine.channels
            async with alone(server) as (one, _):
                await one.say(TEXT * 20, cue_id="a")
                await until(lambda: len(channels) == 1)
            await until(lambda: len(channels) == 0)
            assert not server._channels
            await until(lambda: not server._telling_channels)
            cue = narrator.play("Still there.")
            assert await cue.wait_finished() is Outcome.FINISHED

    run(work)


def test_a_lost_connection_comes_back_to_its_channel():
    async def work() -> None:
        async with bridged() as (_, server):
            async with alone(server) as (client, events), playing(client) as mixer:
                (made,) = records(server)
                await client.say(TEXT, cue_id="a")
                await until(lambda: any(isinstance(e, WordStarted) for e in events))
                assert client._socket is not None
                client._socket.transport.abort()
                assert await client.finished("a") is Outcome.FINISHED
                assert (await client.say(TEXT, cue_id="a")).known
            assert words(events, "a") == TEXT.replace(",", "").replace(".", "")
            assert np.array_equal(mixer.sound[:, 0], made.sound)

    run(work)


def test_a_worker_that_is_killed_costs_neither_channel_a_word():
    async def work() -> None:
        async with bridged(voice=SLOW) as (narrator, server):
            async with (
                alone(server) as (one, events),
                alone(server) as (two, events_2),
                playing(one) as first,
                playing(two) as second,
            ):
                made = records(server)
                await one.say(TEXT, cue_id="a")
                await two.say(OTHER, cue_id="b")
                await until(
                    lambda: all(
                        any(isinstance(e, WordStarted) for e in told) for told in (events, events_2)
                    )
                )
                psutil.Process(narrator.process_ids["synthesis"]).kill()
                assert await one.finished("a") is Outcome.FINISHED
                assert await two.finished("b") is Outcome.FINISHED
                assert (await one.get_state()).restarts["synthesis"] == 1
            assert words(events, "a") == TEXT.replace(",", "").replace(".", "")
            assert words(events_2, "b") == OTHER.replace(",", "").replace(".", "")
            for mixer, record, text in ((first, made[0], TEXT), (second, made[1], OTHER)):
                assert mixer.end == len(mixer.sound) == frames_of(text)
                assert np.array_equal(mixer.sound[:, 0], record.sound)

    run(work)


def test_an_engine_that_ends_takes_the_cues_of_channels_back():
    async def work() -> None:
        async with bridged() as (_, server):
            client = client_of(server, policy=Policy.SESSION, events=[EventName.CUE_FINISHED])
            await client.__aenter__()
            await client.say(TEXT, cue_id="a")
        assert client._outcomes["a"] in (Outcome.SKIPPED, Outcome.INTERRUPTED)
        await client.close()

    run(work)
