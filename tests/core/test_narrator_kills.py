"""Either child process killed at any moment costs no word, whatever the output."""

import asyncio
import contextlib
import random
import re
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
import soundfile

from skaldcast.core.events import WordStarted
from skaldcast.core.narrator import Narrator, NarratorOptions
from tests.core.narrating import FAST, listening, run
from tests.core.playout.conftest import shared_sound_server, sound_server
from tests.core.simulation import sentences
from tests.device_fixtures import RATE, SoundServer

__all__ = ["shared_sound_server", "sound_server"]

pytestmark = pytest.mark.usefixtures("nothing_is_left_behind")

TEXT = sentences(range(2))
SPOKEN_S = 0.065 * len(TEXT)
"""The tone lasts so long for the chunks, and for the spaces between them at most longer."""
LONGEST_REST_S = 1.2


async def kill_at_random(narrator: Narrator, dice: random.Random, times: int) -> None:
    for _ in range(times):
        await asyncio.sleep(dice.uniform(0.0, LONGEST_REST_S))
        number = narrator.process_ids[dice.choice(("synthesis", "playout"))]
        with contextlib.suppress(psutil.NoSuchProcess):
            if number is not None:
                psutil.Process(number).kill()


def speak_and_kill(options: NarratorOptions, seed: int) -> None:
    """Each word of the text is told once, in order, and no cue fails."""

    async def work() -> None:
        async with listening(options) as (narrator, events):
            cue = narrator.play(TEXT)
            killing = asyncio.create_task(kill_at_random(narrator, random.Random(seed), 3))
            assert await cue.wait_finished() == "finished"
            killing.cancel()
            await asyncio.gather(killing, return_exceptions=True)
        words = [event.word for event in events if isinstance(event, WordStarted)]
        assert words == re.findall(r"\w+", TEXT)

    run(work)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ["story.wav", "story.flac"])
def test_a_file_has_every_frame_once(name: str, seed: int, tmp_path: Path):
    voice = "tone?rtf=0.15&latency=0.05"  # slow enough to be killed in the middle of a chunk
    speak_and_kill(replace(FAST, voice=voice, output=f"wav:{tmp_path / name}"), seed)
    samples, rate = soundfile.read(tmp_path / name)
    assert abs(samples.size / rate - SPOKEN_S) <= 0.065 * 3


def test_a_clocked_output_tells_every_word_once():
    speak_and_kill(replace(FAST, voice="tone?rtf=0.3&latency=0.1"), seed=0)


@pytest.mark.device
@pytest.mark.parametrize("seed", range(2))
def test_a_sound_server_is_given_every_word(seed: int, sound_server: SoundServer):
    with sound_server.recording() as recording:
        options = replace(FAST, voice="tone?rtf=0.3&latency=0.1", output="device")
        speak_and_kill(options, seed)
        recording.wait_for_silence()
        # What a killed process had given to the server may be heard twice, and is never missing.
        assert recording.sounding().size / RATE >= SPOKEN_S - 0.065 * 3 - 0.05
