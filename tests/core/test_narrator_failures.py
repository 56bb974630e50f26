"""The narrator with its real processes where something goes wrong or is asked for wrongly."""

import asyncio
import contextlib
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from skaldcast.core import dispatcher, playout_link
from skaldcast.core.errors import (
    ConfigError,
    PlayoutError,
    SkaldcastError,
    StateError,
    SynthesizerError,
    UnknownVoiceError,
)
from skaldcast.core.events import (
    ChunkFailed,
)
from skaldcast.core.narrator import Narrator, NarratorOptions
from skaldcast.core.sequencer import Sequencer
from skaldcast.core.types import Outcome
from tests.core.narrating import FAST, frames_in, listening, run, until
from tests.core.odd_voice import odd_registry
from tests.core.simulation import sentences

pytestmark = pytest.mark.usefixtures("nothing_is_left_behind")


# what cannot be had


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (replace(FAST, voice="nobody"), UnknownVoiceError),
        (replace(FAST, voice="tone?rtf=x"), SynthesizerError),
        (replace(FAST, output="wav:/does/not/exist/out.wav"), PlayoutError),
        (replace(FAST, output="carrier pigeon"), SkaldcastError),
        (replace(FAST, profile="epic"), ConfigError),
        (replace(FAST, speed=9.0), ConfigError),
        (replace(FAST, volume=-1.0), ConfigError),
        (replace(FAST, prebuffer_start_s=9.0), ConfigError),
    ],
)
def test_what_cannot_be_had_is_told_on_entering(
    options: NarratorOptions, error: type[SkaldcastError]
):
    async def work() -> None:
        with pytest.raises(error):
            async with Narrator(options):
                raise AssertionError("it was entered")

    run(work)


def test_a_voice_that_fails_to_load_is_told_on_entering(odd: NarratorOptions):
    async def work() -> None:
        with pytest.raises(SynthesizerError, match="odd:two"):
            async with Narrator(replace(odd, voice="odd:two"), registry=odd_registry()):
                raise AssertionError("it was entered")

    run(work)


def test_a_voice_that_fails_to_load_again_ends_the_narration(odd: NarratorOptions, tmp_path: Path):
    options = replace(odd, voice=f"odd:one?loads={tmp_path / 'loads'}&good=1")

    async def work() -> None:
        async with Narrator(options, registry=odd_registry()) as narrator:
            cue = narrator.play("I shall die here.")
            with pytest.raises(SynthesizerError, match="worn out"):
                await narrator.drain()
            await narrator.failed()
            assert (cue.outcome, cue.error) == (Outcome.FAILED, "odd is worn out")
            with pytest.raises(SynthesizerError):
                narrator.play("More.")

    run(work)


def test_a_chunk_that_kills_or_hangs_is_left_out_and_the_rest_is_spoken(
    odd: NarratorOptions, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(dispatcher, "HANG_S", 2.0)

    async def work() -> None:
        async with listening(odd, registry=odd_registry()) as (narrator, events):
            cues = [narrator.play(text) for text in ("Now die.", "Now hang.", "Still here.")]
            await narrator.drain()
            assert [cue.outcome for cue in cues] == ["failed", "failed", "finished"]
            # No chunk may cost more than MAX_ATTEMPTS deaths. Where the worker's second thread has
            # begun with "hang" before the first one dies, that death counts for both.
            assert narrator.report()["restarts"]["synthesis"] in (3, 4)
        failed = [e.text for e in events if isinstance(e, ChunkFailed)]
        assert failed == ["Now die.", "Now hang."]

    run(work)


def test_a_sample_rate_that_is_known_only_after_loading_is_the_one_that_is_played(
    odd: NarratorOptions, tmp_path: Path
):
    options = replace(odd, output=f"wav:{tmp_path / 'out.wav'}")

    async def work() -> None:
        async with Narrator(options, registry=odd_registry()) as narrator:
            narrator.play("Ten of us.")
            await narrator.drain()
            assert narrator.report()["sample_rate"] == 16_000

    run(work)
    assert frames_in(options) == 10 * 160


if sys.platform != "win32":  # there nobody can take an open file away

    def test_an_output_that_is_lost_for_good_ends_the_narration(wav: NarratorOptions):
        path = Path(wav.output.removeprefix("wav:"))

        def put_something_else_there() -> None:
            path.unlink()
            path.write_text("someone else's")

        async def work() -> None:
            async with Narrator(wav) as narrator:
                await narrator.play("Here still.").wait_finished()
                put_something_else_there()
                cue = narrator.play("Gone.")
                with pytest.raises(PlayoutError, match=path.name):
                    await narrator.drain()
                assert cue.outcome is Outcome.FAILED

        run(work)


def test_a_fault_of_the_engine_is_told_instead_of_silence(monkeypatch: pytest.MonkeyPatch):
    def broken(self: Sequencer, now: float) -> None:
        raise RuntimeError("oh no")

    async def work() -> None:
        async with Narrator(FAST) as narrator:
            monkeypatch.setattr(Sequencer, "advance", broken)
            cue = narrator.play("Hello.")
            with pytest.raises(SkaldcastError, match="oh no"):
                await narrator.drain()
            assert cue.outcome is Outcome.FAILED

    run(work)


# what is asked for wrongly


def test_a_known_id_is_not_spoken_twice(wav: NarratorOptions):
    async def work() -> None:
        async with Narrator(wav) as narrator:
            cue = narrator.play("Once.", cue_id="intro")
            assert narrator.play("Twice?", cue_id="intro") is cue
            assert narrator.stream(["Thrice?"], cue_id="intro") is cue
            with pytest.raises(StateError, match="intro"):
                narrator.open(cue_id="intro")
            await narrator.drain()
            assert narrator.play("Again?", cue_id="intro") is cue
            assert narrator.report()["cues"] == 1

    run(work)
    assert frames_in(wav) == 5 * 1560


def test_a_cue_that_cannot_be_spoken_as_asked_is_refused(odd: NarratorOptions):
    async def work() -> None:
        async with Narrator(odd, registry=odd_registry()) as narrator:
            for name in ("two", "odd:two"):
                assert narrator.play("", voice=name).voice == "two"
            with pytest.raises(UnknownVoiceError, match="nobody"):
                narrator.play("Hi.", voice="nobody")
            for speed in (0.0, -1.0, 9.0, float("nan")):
                with pytest.raises(ConfigError, match="speed"):
                    narrator.play("Hi.", speed=speed)
            with pytest.raises(ConfigError, match="volume"):
                narrator.set_volume(2.0)
            await narrator.drain()
            assert narrator.report()["cues"] == 2

    run(work)


@pytest.mark.parametrize("text", [None, 5, b"hi", ["hi"]])
def test_what_is_no_text_is_refused_and_harms_nothing(text: object):
    async def work() -> None:
        async with Narrator(FAST) as narrator:
            cue = narrator.open()
            for call in (narrator.play, lambda what: narrator.push(cue, what)):
                with pytest.raises(TypeError, match="text is a str"):
                    call(text)  # type: ignore[arg-type]
            narrator.push(cue, "Still here.")
            narrator.finish(cue)
            await narrator.drain()
            assert [cue.outcome for cue in narrator.all_cues] == ["finished"]

    run(work)


def test_no_more_cues_are_taken_than_can_wait():
    async def work() -> None:
        async with Narrator(FAST) as narrator:
            narrator.pause()
            for _ in range(10_000):
                narrator.play("One of many.")
            with pytest.raises(StateError, match="10000"):
                narrator.play("One too many.")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(narrator.room(), 0.05)
                raise AssertionError("there is no room")

    run(work)


def test_outside_of_its_life_a_narrator_says_so():
    async def work() -> None:
        narrator = Narrator(FAST)
        with pytest.raises(StateError, match="async with"):
            narrator.play("Hi.")
        with pytest.raises(StateError, match="not started"):
            narrator.report()
        assert (narrator.started, narrator.state, narrator.cues) == (False, "idle", [])
        assert (narrator.buffered_s, narrator.process_ids, narrator.all_cues) == (0.0, {}, [])
        async with narrator:
            assert narrator.started
            cue = narrator.play("Never heard to its end, for it is long.")
            with pytest.raises(StateError, match="once"):
                await narrator.__aenter__()
            draining = asyncio.create_task(narrator.drain())
            failing = asyncio.create_task(narrator.failed())
            await asyncio.sleep(0)
        assert cue.outcome is Outcome.SKIPPED
        for task in (draining, failing):
            with pytest.raises(StateError):
                await task
        for call in (narrator.pause, narrator.skip, narrator.stop, lambda: narrator.play("Hi.")):
            with pytest.raises(StateError):
                call()
        await narrator.close()

    run(work)


# what is left behind


@pytest.mark.parametrize("after_s", [0.0, 0.05, 0.3, 1.5])
def test_a_narrator_whose_task_is_cancelled_leaves_no_process(after_s: float):
    async def work() -> None:
        async def narrate() -> None:
            async with Narrator(FAST) as narrator:
                narrator.play(sentences(range(20)))
                await narrator.drain()

        task = asyncio.create_task(narrate())
        await asyncio.sleep(after_s)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run(work)


def test_a_narrator_whose_closing_is_cancelled_leaves_no_process(wav: NarratorOptions):
    async def work() -> None:
        narrator = Narrator(wav)
        await narrator.__aenter__()
        numbers = list(narrator.process_ids.values())
        narrator.play(sentences(range(20)))
        closing = asyncio.create_task(narrator.close())
        await asyncio.sleep(0)
        closing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await closing
        await until(lambda: not any(number and psutil.pid_exists(number) for number in numbers))

    run(work)


def test_who_closes_a_second_time_waits_until_it_is_done(wav: NarratorOptions):
    async def work() -> None:
        narrator = Narrator(wav)
        await narrator.__aenter__()
        numbers = [number for number in narrator.process_ids.values() if number is not None]
        first = asyncio.create_task(narrator.close())
        await asyncio.sleep(0)
        await narrator.close()
        assert not any(psutil.pid_exists(number) for number in numbers)
        await first

    run(work)


def test_a_subscriber_that_is_gone_is_forgotten_and_the_others_hear_the_end():
    async def work() -> None:
        async with Narrator(FAST) as narrator:
            kept = narrator.events()
            for _ in range(100):
                narrator.events()
            assert len(narrator._subscriptions) == 1  # pyright: ignore[reportPrivateUsage]
        assert [event async for event in kept] == []

    run(work)


def test_what_is_learned_of_a_voice_is_kept(tmp_path: Path):
    async def work() -> None:
        options = replace(FAST, output=f"wav:{tmp_path / 'out.wav'}", state_folder=tmp_path)
        async with Narrator(options) as narrator:
            narrator.play("A lesson.")
            await narrator.drain()

    before = set(tmp_path.iterdir())
    run(work)
    assert len(set(tmp_path.iterdir()) - before) == 2


def test_a_playout_process_that_hangs_is_ended_and_the_next_goes_on(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(playout_link, "HANG_S", 2.0)

    async def work() -> None:
        async with Narrator(FAST) as narrator:
            cue = narrator.play(sentences(range(2)))
            await until(lambda: cue.started_s is not None)
            playout = narrator.process_ids["playout"]
            assert playout is not None
            psutil.Process(playout).suspend()
            assert await cue.wait_finished() == "finished"
            assert narrator.report()["restarts"] == {"synthesis": 0, "playout": 1}

    run(work)
