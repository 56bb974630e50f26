"""The narrator with its real processes; each test costs about a second."""

import asyncio
import contextlib
import re
import time
import wave
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from skaldcast.core import dispatcher
from skaldcast.core.errors import (
    ConfigError,
    PlayoutError,
    SkaldcastError,
    StateError,
    SynthesizerError,
    UnknownVoiceError,
)
from skaldcast.core.events import ChunkFailed, CueFinished, Event, ProcessRestarted, WordStarted
from skaldcast.core.narrator import Narrator, NarratorOptions
from skaldcast.core.sequencer import Sequencer
from skaldcast.core.types import Outcome, Priority
from tests.core.odd_voice import odd_registry
from tests.core.simulation import sentences

FAST = NarratorOptions(voice="tone?rtf=0&latency=0", output="null", latency_s=0.2)
PATIENCE_S = 30.0
ROOT = Path(__file__).parents[2]


def run(work: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        await asyncio.wait_for(work(), PATIENCE_S)

    asyncio.run(main())


@pytest.fixture(autouse=True)
def nothing_is_left_behind() -> Iterator[None]:
    """No test leaves a process behind."""
    before = set(psutil.Process().children(recursive=True))
    yield
    left = set(psutil.Process().children(recursive=True)) - before
    gone, alive = psutil.wait_procs(left, timeout=2.0)
    assert not alive, alive
    del gone


@pytest.fixture
def wav(tmp_path: Path) -> NarratorOptions:
    return replace(FAST, output=f"wav:{tmp_path / 'out.wav'}")


@pytest.fixture
def odd(monkeypatch: pytest.MonkeyPatch) -> NarratorOptions:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))  # the worker imports the voice
    return replace(FAST, voice="odd:one")


def frames_in(options: NarratorOptions) -> int:
    with wave.open(options.output.removeprefix("wav:")) as file:
        return file.getnframes()


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text)


async def gather(narrator: Narrator) -> list[Event]:
    """The events until the narrator is closed."""
    return [event async for event in narrator.events(capacity=100_000)]


@contextlib.asynccontextmanager
async def listening(
    options: NarratorOptions, **others: Any
) -> AsyncIterator[tuple[Narrator, list[Event]]]:
    """A narrator and the events, which are all there once it is closed."""
    events: list[Event] = []
    narrator = Narrator(options, **others)
    task = asyncio.create_task(gather(narrator))
    await asyncio.sleep(0)
    async with narrator:
        yield narrator, events
    events += await task


async def until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 - of no event, but of what the narrator shows
        await asyncio.sleep(0.005)


def test_what_is_played_is_written_whole_and_reported(wav: NarratorOptions):
    text = sentences(range(12))

    async def work() -> None:
        async with listening(wav) as (narrator, events):
            cue = narrator.play(text)
            assert await cue.wait_finished() is Outcome.FINISHED
            await narrator.drain()
        told = [e.word for e in events if isinstance(e, WordStarted)]
        assert told == words_of(text)
        report = narrator.report()
        assert frames_in(wav) == round(report["audio_s"] * 24_000)
        assert set(report) == {
            *("report_version", "synthesizer", "voice", "output", "sample_rate", "profile"),
            *("prebuffer", "time_to_first_audio_s", "first_audio", "audio_s", "synthesis_s"),
            *("real_time_factor", "chunks", "cues", "underruns", "underrun_s", "holds", "hold_s"),
            *("device_underflows", "margin_min_s", "restarts", "cue_list"),
        }
        assert report["time_to_first_audio_s"] == pytest.approx(sum(report["first_audio"].values()))
        assert (report["cues"], report["restarts"]) == (1, {"synthesis": 0, "playout": 0})
        assert report["cue_list"][0]["outcome"] == "finished"
        assert narrator.buffered_s == 0.0

    run(work)


def test_a_device_hears_all_words_in_time():
    text = "One two three four."

    async def work() -> None:
        async with listening(FAST) as (narrator, events):
            narrator.play(text)
            await narrator.drain()
            report = narrator.report()
        assert [e.word for e in events if isinstance(e, WordStarted)] == words_of(text)
        assert (report["underruns"], report["holds"]) == (0, 0)

    run(work)


def test_a_text_is_spoken_while_it_is_read(wav: NarratorOptions):
    words = [f"word{n} " for n in range(60)]

    async def write() -> AsyncIterator[str]:
        for word in words:
            yield word
            await asyncio.sleep(0)

    async def work() -> None:
        async with listening(wav) as (narrator, events):
            narrator.stream(write())
            narrator.stream(iter(words))
            await narrator.drain()
        told = [e.word for e in events if isinstance(e, WordStarted)]
        assert told == words_of("".join(words * 2))

    run(work)


def test_a_reader_that_raises_leaves_a_cue_that_failed_after_what_had_come(wav: NarratorOptions):
    def write() -> Iterator[str]:
        yield "This much "
        yield "was there."
        raise OSError("the disk is gone")

    async def work() -> None:
        async with listening(wav) as (narrator, events):
            cue = narrator.stream(write())
            after = narrator.play("Next.")
            await narrator.drain()
            assert cue.outcome is Outcome.FAILED
            assert cue.error is not None
            assert "the disk is gone" in cue.error
            assert after.outcome is Outcome.FINISHED
        told = [e.word for e in events if isinstance(e, WordStarted)]
        assert told == ["This", "much", "was", "there", "Next"]

    run(work)


def test_a_reader_that_waits_is_ended_with_its_cue():
    ended: list[bool] = []

    async def write() -> AsyncIterator[str]:
        try:
            yield "A beginning, "
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    async def work() -> None:
        async with Narrator(FAST) as narrator:
            cue = narrator.stream(write())
            await until(lambda: cue.text != "")
            narrator.skip()
            assert await cue.wait_finished() is Outcome.SKIPPED
            await until(lambda: bool(ended))

    run(work)


def test_a_long_text_is_read_no_faster_than_it_is_spoken():
    read: list[int] = []

    def write() -> Iterator[str]:
        while True:
            read.append(1)
            yield "many more words than anyone will ever hear. " * 100

    async def work() -> None:
        async with Narrator(FAST) as narrator:
            narrator.stream(write())
            await asyncio.sleep(0.5)
            assert 10 <= len(read) < 30
            full = asyncio.create_task(narrator.room())
            await asyncio.sleep(0.05)
            assert not full.done()
            narrator.stop()
            await full

    run(work)


def test_the_transport_skips_pauses_interrupts_and_stops():
    long = sentences(range(20))

    async def work() -> None:
        async with listening(FAST) as (narrator, events):
            first, second = narrator.play(long), narrator.play(long)
            await until(lambda: first.started_s is not None)
            narrator.skip()
            await until(lambda: second.started_s is not None)
            narrator.pause()
            assert narrator.state in ("paused", "playing")
            await asyncio.sleep(0.2)
            assert narrator.state == "paused"
            before = narrator.report()["cue_list"][1]
            narrator.resume()
            cutting = narrator.play("Beware!", priority=Priority.INTERRUPT)
            last = narrator.play(long)
            assert await cutting.wait_finished() is Outcome.FINISHED
            await until(lambda: last.started_s is not None)
            narrator.set_volume(0.5)
            assert narrator.cues == [last]
            narrator.stop()
            await narrator.drain()
            assert before["outcome"] is None
            outcomes = [cue.outcome for cue in narrator.all_cues]
            assert outcomes == ["skipped", "interrupted", "finished", "interrupted"]
        ended = [e.cue_id for e in events if isinstance(e, CueFinished)]
        assert ended == [cue.cue_id for cue in (first, second, cutting, last)]

    run(work)


def test_a_cue_can_be_taken_back():
    async def work() -> None:
        async with Narrator(FAST) as narrator:
            cues = [narrator.play(f"Number {n}.") for n in range(3)]
            narrator.cancel(cues[1])
            await narrator.drain()
            assert [cue.outcome for cue in cues] == ["finished", "skipped", "finished"]

    run(work)


@pytest.mark.parametrize("process", ["synthesis", "playout"])
@pytest.mark.parametrize("output", ["null", "wav"])
def test_a_process_that_is_killed_costs_no_word(process: str, output: str, tmp_path: Path):
    path = tmp_path / "out.wav"
    voice = "tone?rtf=0.2&latency=0"
    options = replace(FAST, voice=voice, output=f"wav:{path}" if output == "wav" else output)
    text = sentences(range(2), words=4)

    async def work() -> None:
        async with listening(options) as (narrator, events):
            cue = narrator.play(text)
            await until(lambda: cue.started_s is not None)
            await asyncio.sleep(0.1)
            number = narrator.process_ids[process]
            assert number is not None
            psutil.Process(number).kill()
            assert await cue.wait_finished() is Outcome.FINISHED
            report = narrator.report()
            assert report["restarts"][process] == 1
        assert [e.word for e in events if isinstance(e, WordStarted)] == words_of(text)
        assert [e.process for e in events if isinstance(e, ProcessRestarted)] == [process]
        if output == "wav":
            assert frames_in(options) == round(report["audio_s"] * 24_000)

    run(work)


def test_two_narrators_speak_at_the_same_time(tmp_path: Path):
    options = [replace(FAST, output=f"wav:{tmp_path / name}") for name in ("a.wav", "b.wav")]

    async def work() -> None:
        async with Narrator(options[0]) as one, Narrator(options[1]) as other:
            one.play("One speaks.")
            other.play("The other speaks.")
            await asyncio.gather(one.drain(), other.drain())

    run(work)
    assert [frames_in(o) for o in options] == [round(0.065 * 24_000) * n for n in (11, 17)]


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
    monkeypatch.setattr(dispatcher, "HANG_S", 0.5)

    async def work() -> None:
        async with listening(odd, registry=odd_registry()) as (narrator, events):
            cues = [narrator.play(text) for text in ("Now die.", "Now hang.", "Still here.")]
            await narrator.drain()
            assert [cue.outcome for cue in cues] == ["failed", "failed", "finished"]
            assert narrator.report()["restarts"]["synthesis"] == 4
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


def test_a_cue_can_have_a_voice_of_the_same_synthesizer_and_no_other(odd: NarratorOptions):
    async def work() -> None:
        async with Narrator(odd, registry=odd_registry()) as narrator:
            for name in ("two", "odd:two"):
                assert narrator.play("", voice=name).voice == "two"
            with pytest.raises(UnknownVoiceError, match="odd"):
                narrator.play("Hi.", voice="tone")
            with pytest.raises(UnknownVoiceError, match="nobody"):
                narrator.play("Hi.", voice="nobody")
            for speed in (0.0, -1.0, 9.0, float("nan")):
                with pytest.raises(ConfigError, match="speed"):
                    narrator.play("Hi.", speed=speed)
            with pytest.raises(ConfigError, match="volume"):
                narrator.set_volume(2.0)
            assert narrator.cues == []

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
        began = time.monotonic()
        while any(number is not None and psutil.pid_exists(number) for number in numbers):
            assert time.monotonic() - began < 5.0
            await asyncio.sleep(0.01)

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
