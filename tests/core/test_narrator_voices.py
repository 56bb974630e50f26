"""Cues with voices of their own, of the narrator's synthesizer and of others, with the real
processes."""

import os
import signal
import wave
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from skaldcast.core.errors import SynthesizerError, UnknownVoiceError
from skaldcast.core.events import VoiceReplaced
from skaldcast.core.narrator import Narrator, NarratorOptions
from skaldcast.core.script.cast import Cast, CharacterVoice
from tests.core.narrating import ROOT, listening, run, until, wav
from tests.core.odd_voice import odd_registry

__all__ = ["wav"]
TONE_S = 0.065
ODD_S = 0.01
pytestmark = pytest.mark.usefixtures("importable")


@pytest.fixture
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))  # the worker imports the odd voice


def samples_in(options: NarratorOptions) -> np.ndarray:
    with wave.open(options.output.removeprefix("wav:")) as file:
        data = np.frombuffer(file.readframes(file.getnframes()), np.int16)
        return data[:: file.getnchannels()].astype(np.float32) / 32768


def test_a_cue_is_spoken_by_a_voice_of_another_synthesizer_in_its_turn(wav: NarratorOptions):
    async def work() -> None:
        async with Narrator(wav, registry=odd_registry()) as narrator:
            cues = [
                narrator.play("Ten signs."),
                narrator.play("Twenty characters..", voice="odd:one"),
                narrator.play("Ten signs.", voice="tone"),
            ]
            await narrator.drain()
        assert [cue.outcome for cue in cues] == ["finished"] * 3
        seconds = [cue.audio_s for cue in cues]
        assert seconds == pytest.approx([10 * TONE_S, 19 * ODD_S, 10 * TONE_S], abs=0.001)

    run(work)
    samples = samples_in(wav)
    middle = samples[round(10 * TONE_S * 24_000) + 480 :][: round(19 * ODD_S * 24_000) - 960]
    # The odd voice says nothing but 0.1, at 16 kHz: here it is at the narrator's rate.
    assert np.allclose(middle, 0.1, atol=0.003)


def test_a_voice_that_cannot_be_loaded_is_replaced_by_the_narrators(wav: NarratorOptions):
    async def work() -> None:
        async with listening(wav, registry=odd_registry()) as (narrator, events):
            cue = narrator.play("Ten signs.", voice="odd:two")
            await narrator.drain()
            later = narrator.play("Ten signs.", voice="odd:two")
            await narrator.drain()
        assert (cue.outcome, later.outcome) == ("finished", "finished")
        assert [cue.audio_s, later.audio_s] == pytest.approx([10 * TONE_S] * 2)
        (replaced,) = [event for event in events if isinstance(event, VoiceReplaced)]
        assert replaced.voice == "odd:two"
        assert "not what a synthesizer should raise" in replaced.reason

    run(work)


def test_a_voice_that_kills_the_worker_as_it_loads_is_given_up(wav: NarratorOptions):
    async def work() -> None:
        async with listening(wav, registry=odd_registry()) as (narrator, events):
            first = narrator.play("Ten signs.")
            cue = narrator.play("Ten signs.", voice="odd:deadly")
            await narrator.drain()
            assert narrator.report()["restarts"]["synthesis"] == 2
        assert (first.outcome, cue.outcome) == ("finished", "finished")
        assert cue.audio_s == pytest.approx(10 * TONE_S)
        assert [type(e) for e in events].count(VoiceReplaced) == 1

    run(work)


def test_a_worker_that_dies_gets_all_its_voices_again(wav: NarratorOptions):
    async def work() -> None:
        async with Narrator(wav, registry=odd_registry()) as narrator:
            narrator.play("Ten signs.", voice="odd:one")
            await narrator.drain()
            pid = narrator.process_ids["synthesis"]
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            await until(lambda: narrator.process_ids["synthesis"] != pid)
            cue = narrator.play("Twenty characters..", voice="odd:one")
            await narrator.drain()
            assert cue.audio_s == pytest.approx(19 * ODD_S, abs=0.001)

    run(work)


def test_a_voice_is_refused_before_anything_is_queued(wav: NarratorOptions):
    async def work() -> None:
        async with Narrator(wav, registry=odd_registry()) as narrator:
            narrator.check_voice("odd:one")
            with pytest.raises(UnknownVoiceError, match="nobody"):
                narrator.play("Hello.", voice="nobody")
            with pytest.raises(SynthesizerError, match="no option"):
                narrator.play("Hello.", voice="tone?pitch=3")
            assert narrator.waiting == 0

    run(work)


def test_what_is_learned_of_each_voice_is_kept(wav: NarratorOptions, tmp_path: Path):
    options = replace(wav, state_folder=tmp_path / "voices")

    async def work() -> None:
        async with Narrator(options, registry=odd_registry()) as narrator:
            for voice in ("tone", "odd:one"):  # of what is made beside something nothing is learned
                narrator.play("Ten signs. " * 3, voice=voice)
                await narrator.drain()

    run(work)
    kept = sorted(path.name.rpartition("-")[0] for path in (tmp_path / "voices").iterdir())
    assert kept == ["odd-one", "tone-tone-rtf-0-latency-0"]


def test_another_cast_speaks_from_the_next_cue_on(wav: NarratorOptions):
    options = replace(wav, script=True, cast=Cast([CharacterVoice("Odo", "tone")]))

    async def work() -> None:
        async with Narrator(options, registry=odd_registry()) as narrator:
            first = narrator.play("[Odo] Ten signs.")
            await narrator.drain()
            narrator.recast(Cast([CharacterVoice("Odo", "odd:one")]))
            second = narrator.play("[Odo] Ten signs.")
            await narrator.drain()
            assert narrator.options.cast is not None
            assert narrator.options.cast.part("Odo").voice == "odd:one"
        seconds = [first.audio_s, second.audio_s]
        assert seconds == pytest.approx([10 * TONE_S, 10 * ODD_S], abs=0.001)

    run(work)


def test_the_output_is_another_one_while_it_speaks_and_no_word_is_lost(wav: NarratorOptions):
    async def work() -> None:
        async with Narrator(replace(wav, output="null")) as narrator:
            cue = narrator.play("Twenty characters..")
            narrator.set_output("null")
            await narrator.drain()
            assert cue.outcome == "finished"
            assert narrator.report()["restarts"]["playout"] == 1

    run(work)
