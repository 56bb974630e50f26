"""The narrator with its real processes; each test costs about a second."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from skaldcast.core.errors import (
    StateError,
)
from skaldcast.core.events import (
    CueFinished,
    ProcessRestarted,
    UnderrunOccurred,
    WordStarted,
)
from skaldcast.core.narrator import Narrator, NarratorOptions
from skaldcast.core.types import Outcome, Priority
from tests.core.narrating import FAST, frames_in, listening, run, until
from tests.core.simulation import sentences, words_of

pytestmark = pytest.mark.usefixtures("nothing_is_left_behind")


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


def test_a_cue_takes_its_text_piece_by_piece(wav: NarratorOptions):
    async def work() -> None:
        async with listening(wav) as (narrator, events):
            cue = narrator.open()
            for piece in ("This comes ", "in pieces, ", "not all at once."):
                narrator.push(cue, piece)
            narrator.finish(cue)
            with pytest.raises(StateError, match="complete"):
                narrator.push(cue, "No more.")
            await narrator.drain()
            narrator.push(cue, "Too late.")
            assert cue.text == "This comes in pieces, not all at once."
        told = [e.word for e in events if isinstance(e, WordStarted)]
        assert told == words_of(cue.text)

    run(work)


def test_a_worker_that_stands_still_inside_speech_is_an_underrun_that_is_counted_and_told():
    options = replace(FAST, voice="tone?rtf=0.5&latency=0")

    async def work() -> None:
        async with listening(options) as (narrator, events):
            cue = narrator.play("A sentence that takes a while.")
            await until(lambda: cue.started_s is not None)
            number = narrator.process_ids["synthesis"]
            worker = psutil.Process(number)
            worker.suspend()
            await until(lambda: narrator.report()["underruns"] > 0)
            worker.resume()
            assert await cue.wait_finished() is Outcome.FINISHED
            report = narrator.report()
        told = [e.duration_s for e in events if isinstance(e, UnderrunOccurred)]
        assert report["underruns"] >= 1
        assert sum(told) == pytest.approx(report["underrun_s"])

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
            unspoken = narrator._running.started.unspoken_characters  # pyright: ignore[reportPrivateUsage]
            await until(lambda: unspoken() > 64_000)
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
            await until(lambda: narrator.state == "paused")
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


def test_what_waits_can_be_cleared_and_cues_are_found_and_predicted():
    async def work() -> None:
        async with Narrator(FAST) as narrator:
            cues = [narrator.play(f"Number {n}.", cue_id=f"{n}") for n in range(3)]
            assert narrator.cue("2") is cues[2]
            assert narrator.cue("3") is None
            first, last = narrator.predict(cues[0]), narrator.predict(cues[2])
            assert first is not None
            assert last is not None
            assert last.starts_in_s > first.starts_in_s
            await until(lambda: cues[0].started_s is not None)
            narrator.clear()
            assert narrator.waiting == 1
            await narrator.drain()
            assert [cue.outcome for cue in cues] == ["finished", "skipped", "skipped"]
            assert narrator.predict(cues[0]) is None
            assert narrator.time_s >= (cues[0].finished_s or 0.0)
            narrator.check_voice("tone:tone")
            assert "tone:tone" in [row.voice.spec for row in narrator.voices()]
            assert narrator.failure is None

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
