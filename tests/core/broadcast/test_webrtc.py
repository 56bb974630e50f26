"""Listeners on a bad path: real connections, a real broadcast process, the voice `tone`.

What a browser makes of losses is told by `benchmarks/web.py`: aiortc's own listener gives up some
packets around each that is lost.
"""

import asyncio
from collections.abc import Callable

import numpy as np

from skaldcast.core.broadcast.opus import PACKET_S
from skaldcast.core.events import WordStarted
from skaldcast.core.narrator import Narrator
from skaldcast.core.subscription import Subscription
from tests.core.listening import RATE, Listener, listener, quiet_share
from tests.core.lossy_path import LossyPath, Trouble, lossy_path
from tests.core.narrating import until
from tests.core.test_broadcast_link import OPTIONS, TEXT, narrating, signal_of

STEP = round(PACKET_S * RATE)
GIVEN_UP = 16
"""Packets that aiortc's jitter buffer holds, and may give up beside one that is lost."""
FIVE_S = TEXT[:78]
"""Of `TEXT`, spoken by `tone`."""


def heard_through(trouble: Trouble, seconds: float) -> tuple[Listener, LossyPath]:
    """Somebody who has heard so much of the voice, without a break in what came."""
    met: list[tuple[Listener, LossyPath]] = []

    async def work(narrator: Narrator) -> None:
        async with lossy_path(signal_of(narrator), trouble) as (path, signal):
            async with listener(signal) as one:
                assert quiet_share(await one.hears(seconds)) < 0.02
            met.append((one, path))

    assert narrating(work)["underruns"] == 0
    return met[0]


def missing(one: Listener) -> set[int]:
    """The times of which nothing was heard."""
    return set(range(0, one.times[-1], STEP)) - set(one.times)


def test_packets_that_are_overtaken_or_doubled_are_heard_once_and_in_order():
    one, _ = heard_through(Trouble(doubled=0.1, overtaken=0.2), 2.0)
    assert one.times == sorted(set(one.times))
    assert not missing(one)


def test_who_loses_packets_hears_on_with_silence_around_these_alone():
    one, path = heard_through(Trouble(lost=0.03), 3.0)

    def spoilt(first: int) -> set[int]:
        """What the losses can have spoilt, if that was the first packet that was heard."""
        lost = (time - first for time in path.lost)
        around = range(-GIVEN_UP, GIVEN_UP + 1)
        return {time + STEP * packets for time in lost for packets in around}

    assert missing(one)
    assert any(missing(one) <= spoilt(first) for first in path.sent[:50])


def test_who_is_cut_off_and_joins_again_hears_on_at_the_present_place():
    async def work() -> None:
        async with Narrator(OPTIONS) as narrator:
            heard: list[WordStarted] = []
            events = narrator.events()
            noting = asyncio.create_task(note(events, heard.append))
            cue = narrator.play(FIVE_S)
            signal = signal_of(narrator)
            async with lossy_path(signal, Trouble()) as (path, by_path), listener(by_path) as one:
                await one.hears(0.5)
                path.is_cut = True
                cut, size = heard[-1].audio_s, one.sound.size
                await until(lambda: heard[-1].audio_s > cut + 0.5)
                assert one.sound.size - size < 0.4 * RATE
                left_s = len(FIVE_S) * 0.065 - heard[-1].audio_s
                async with listener(signal) as again:
                    await cue.wait_finished()
                    await until(lambda: not again.sound[-4_800:].any())
                    assert 0.0 < sounding_s(again) < left_s + 0.2
            events.end()
            await noting

    asyncio.run(work())


async def note(events: Subscription, take: Callable[[WordStarted], None]) -> None:
    async for event in events:
        if isinstance(event, WordStarted):
            take(event)


def sounding_s(one: Listener) -> float:
    """Seconds in which it heard something."""
    windows = one.sound[: one.sound.size // 480 * 480].reshape(-1, 480)
    return 0.01 * float(np.count_nonzero(np.abs(windows).max(axis=1) > 0.05))
