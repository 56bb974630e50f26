"""Those who listen by WebRTC: real connections, a real broadcast process, the voice `tone`."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import numpy as np
import psutil
import pytest

from skaldcast.core.broadcast.messages import BroadcastTicked
from skaldcast.core.broadcast_link import BroadcastOptions
from skaldcast.core.errors import BroadcastError
from skaldcast.core.narrator import Narrator, NarratorOptions
from tests.core.listening import RATE, Listener, Signal, listener, quiet_share
from tests.core.narrating import until

OPTIONS = NarratorOptions(voice="tone?rtf=0.01&latency=0", output="webrtc")
TEXT = "The gate stood open and nobody was there to say so. " * 12


def signal_of(narrator: Narrator) -> Signal:
    async def signal(offer: str) -> str:
        return (await narrator.broadcast.connect(offer))[1]

    return signal


def narrating(
    work: Callable[[Narrator], Awaitable[None]], options: NarratorOptions = OPTIONS
) -> dict[str, Any]:
    """Speak for long, do `work` meanwhile; returns the report."""

    async def run() -> dict[str, Any]:
        async with Narrator(options) as narrator:
            narrator.play(TEXT)
            await work(narrator)
            narrator.stop()
            return narrator.report()

    return asyncio.run(run())


def test_listeners_hear_the_voice_without_a_gap():
    async def work(narrator: Narrator) -> None:
        signal = signal_of(narrator)
        async with listener(signal) as one, listener(signal) as other:
            for sound in (await one.hears(2.0), await other.hears(2.0)):
                assert quiet_share(sound) == 0.0
            assert len(narrator.broadcast.listeners) == narrator.vitals().listeners == 2

    assert narrating(work)["underruns"] == 0


def test_who_goes_is_gone():
    async def work(narrator: Narrator) -> None:
        async with listener(signal_of(narrator)) as one:
            await one.hears(0.1)
        await until(lambda: not narrator.broadcast.listeners)

    narrating(work)


def test_who_is_sent_away_hears_no_more():
    async def work(narrator: Narrator) -> None:
        async with listener(signal_of(narrator)) as one:
            await one.hears(0.1)
            narrator.broadcast.disconnect(narrator.broadcast.listeners[0])
            await until(lambda: one.peer.connectionState == "closed")

    narrating(work)


def test_a_muted_voice_is_muted_for_listeners():
    async def work(narrator: Narrator) -> None:
        async with listener(signal_of(narrator)) as one:
            await one.hears(0.2)
            narrator.set_volume(0.0)
            await asyncio.sleep(0)
            # A decoder may stay one step of 16 bits off zero.
            await until(lambda: bool(np.abs(one.last(0.1)).max() < 1e-4))

    narrating(work)


@pytest.mark.parametrize(
    "offer",
    ["", "not SDP", "v=0\r\n", "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n", "v=0\r\n" * 9],
)
def test_what_is_no_offer_is_refused(offer: str):
    async def work(narrator: Narrator) -> None:
        with pytest.raises(BroadcastError, match="offer"):
            await narrator.broadcast.connect(offer)
        async with listener(signal_of(narrator)) as one:
            await one.hears(0.1)

    narrating(work)


@pytest.mark.parametrize(("direction", "kind"), [("sendonly", "audio"), ("recvonly", "video")])
def test_who_wants_to_hear_nothing_is_refused(direction: str, kind: str):
    async def work(narrator: Narrator) -> None:
        one = Listener()
        try:
            with pytest.raises(BroadcastError, match="audio"):
                await narrator.broadcast.connect(await one.offer(direction, kind))
        finally:
            await one.close()
        assert not narrator.broadcast.listeners

    narrating(work)


def test_one_more_than_may_listen_is_told_so():
    async def work(narrator: Narrator) -> None:
        signal = signal_of(narrator)
        async with listener(signal) as one:
            await one.hears(0.1)
            with pytest.raises(BroadcastError) as refused:
                await signal(await Listener().offer())
            assert refused.value.later

    narrating(work, replace(OPTIONS, broadcast=BroadcastOptions(most_listeners=1)))


def test_a_process_that_is_killed_is_there_for_the_next_one():
    async def work(narrator: Narrator) -> None:
        signal = signal_of(narrator)
        async with listener(signal) as one:
            await one.hears(0.1)
            number = narrator.process_ids["broadcast"]
            assert number is not None
            psutil.Process(number).kill()
            await until(lambda: not narrator.broadcast.listeners)
        async with listener(signal) as other:
            assert quiet_share(await other.hears(0.5)) == 0.0

    assert narrating(work)["underruns"] == 0


def test_many_come_and_go():
    async def work(narrator: Narrator) -> None:
        signal = signal_of(narrator)

        async def visit() -> None:
            async with listener(signal) as one:
                await until(lambda: one.peer.connectionState == "connected")

        for _ in range(5):
            await asyncio.gather(*(visit() for _ in range(10)))
            await until(lambda: not narrator.broadcast.listeners)
        async with listener(signal) as one:
            assert quiet_share(await one.hears(0.5)) == 0.0
            await until(lambda: len(narrator.broadcast.listeners) == 1)

    assert narrating(work)["underruns"] == 0


def test_what_is_sent_to_us_is_not_taken():
    async def work(narrator: Narrator) -> None:
        one = Listener()
        one.peer.addTransceiver("audio", direction="sendrecv")
        one.peer.addTransceiver("video", direction="sendonly")
        await one.connect(signal_of(narrator))
        directions = [t.currentDirection for t in one.peer.getTransceivers()]
        assert directions[1:] == ["inactive", "inactive"]
        assert quiet_share(await one.hears(0.2)) == 0.0
        await one.close()

    narrating(work)


def test_an_offer_of_data_is_refused():
    async def work(narrator: Narrator) -> None:
        one = Listener()
        one.peer.createDataChannel("any")
        with pytest.raises(BroadcastError, match="asks for data"):
            await narrator.broadcast.connect(await one.offer())
        await one.close()

    narrating(work)


def test_an_offer_that_would_keep_the_parser_busy_is_refused():
    async def work(narrator: Narrator) -> None:
        one = Listener()
        offer = await one.offer()
        more = "a=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n" * 200
        with pytest.raises(BroadcastError, match="too large"):
            await narrator.broadcast.connect(offer + more)
        await one.close()

    narrating(work)


def test_listeners_hear_the_end_of_the_last_word():
    async def run() -> float:
        async with Narrator(OPTIONS) as narrator:
            one = Listener()
            await one.connect(signal_of(narrator))
            await until(lambda: bool(narrator.broadcast.listeners))
            text = "The gate stood open, and nobody was there."
            await narrator.play(text).wait_finished()
        sound_s = one.sound.size / RATE
        await one.close()
        return sound_s - len(text) * 0.065

    assert asyncio.run(run()) > -0.05


def test_a_sign_of_life_that_comes_while_it_ends_is_no_fault():
    async def work() -> None:
        async with Narrator(OPTIONS) as narrator:
            link = narrator.broadcast
            async with listener(signal_of(narrator)):
                pass
        link._on_message(BroadcastTicked(0.0))  # pyright: ignore[reportPrivateUsage]
        assert link._watch is None  # pyright: ignore[reportPrivateUsage]

    asyncio.run(work())
