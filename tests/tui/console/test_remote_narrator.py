"""A narrator in another process, by way of a real bridge whose own narrator only keeps account."""

from dataclasses import replace

import pytest

from skaldcast.bridge.protocol.events import AudioLevel
from skaldcast.core.audio_feed import AudioFeed
from skaldcast.core.errors import BridgeError, StateError
from skaldcast.core.events import CueFinished, HoldEnded, OutputOpened, UnderrunOccurred
from skaldcast.core.types import Outcome
from skaldcast.tui.console.remote_narrator import RemoteNarrator
from tests.bridge.serving import serving
from tests.core.narrating import run, until


def test_its_figures_are_the_engines():
    async def work() -> None:
        async with serving() as (server, narrator):
            narrator.buffered_s, narrator.state = 2.5, "playing"
            async with RemoteNarrator(server.url) as remote:
                vitals = remote.vitals()
                there = narrator.vitals()
                same = ("margin_s", "start_mark_s", "pause_mark_s")
                assert all(getattr(vitals, name) == getattr(there, name) for name in same)
                assert (vitals.state, vitals.buffered_s) == ("playing", 2.5)
                assert remote.voice.spec == "tone:tone"
                assert remote.options.output == "null"
                assert replace(vitals, time_s=0.0).underruns == 0

    run(work)


def test_a_cue_is_followed_to_its_end():
    async def work() -> None:
        async with serving() as (server, narrator), RemoteNarrator(server.url) as remote:
            events = remote.events()
            cue = remote.play("The gate stood open.")
            await until(lambda: narrator.all)
            assert remote.waiting == 1
            narrator.end(narrator.all[cue.cue_id])
            narrator.tell(UnderrunOccurred(1.0, 0.25), HoldEnded(1.0, 0.5))
            assert await cue.wait_finished() is Outcome.FINISHED
            told = [await anext(events) for _ in range(4)]
            assert [type(event).__name__ for event in told] == [
                *("CueQueued", "CueFinished", "UnderrunOccurred", "HoldEnded")
            ]
            assert remote.waiting == 0

    run(work)


def test_a_skip_names_the_cue_so_that_it_ends_no_other():
    async def work() -> None:
        async with serving() as (server, narrator), RemoteNarrator(server.url) as remote:
            first, _ = remote.play("One."), remote.play("Two.")
            await until(lambda: len(narrator.all) == 2)
            remote.skip()
            await until(lambda: narrator.done)
            assert narrator.done == [f"cancel {first.cue_id}"]

    run(work)


def test_how_loud_it_is_over_there_is_seen_here():
    async def work() -> None:
        async with serving() as (server, _), RemoteNarrator(server.url) as remote:
            feed = AudioFeed(remote.sample_rate, lambda: None)
            remote.add_tap(feed)
            level = AudioLevel(seq=0, time_s=1.0, peak=0.5, rms=0.25)
            server.hub._publish(level, 0.0, server.hub.shared)  # pyright: ignore
            await until(lambda: remote.heard().frame)
            peak, rms = feed.level(0, remote.heard().frame)
            assert (peak, rms) == (pytest.approx(0.5), pytest.approx(0.25, rel=0.05))

    run(work)


def test_an_engine_that_is_not_there_is_told():
    async def work() -> None:
        with pytest.raises(BridgeError, match="no bridge answers"):
            async with RemoteNarrator("ws://127.0.0.1:1"):
                pass

    run(work)


def test_it_begins_with_what_there_is_and_is_left_without_a_word():
    async def work() -> None:
        async with serving() as (server, narrator):
            remote = RemoteNarrator(server.url)
            events = remote.events()
            async with remote:
                assert isinstance(await anext(events), OutputOpened)
                remote.play("It goes on.")
                await until(lambda: narrator.all)
            assert narrator.done == []
            assert not [event async for event in events if isinstance(event, CueFinished)]
            with pytest.raises(StateError, match="no connection"):
                remote.play("Too late.")

    run(work)
