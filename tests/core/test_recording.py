"""A session that is recorded, with the real processes: the file is what was heard."""

import os
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from skaldcast.core.events import ChunkStarted, WordStarted
from skaldcast.core.journal.flac_chapters import read_comments
from skaldcast.core.narrator import Narrator, NarratorOptions
from skaldcast.core.types import Priority
from tests.core.narrating import listening, run, until
from tests.core.simulation import sentences

pytestmark = pytest.mark.usefixtures("nothing_is_left_behind")


@pytest.fixture
def slowly(wav: NarratorOptions) -> NarratorOptions:
    """A file takes all it gets: so slow a voice is still being heard when something happens."""
    return replace(wav, voice="tone?rtf=0.1&latency=0.01")


def samples(path: Path | str) -> np.ndarray:
    return soundfile.read(path, dtype="int16")[0]


def heard(options: NarratorOptions) -> np.ndarray:
    return samples(options.output.removeprefix("wav:"))


async def begun(narrator: Narrator, number: int) -> None:
    await until(lambda: narrator.all_cues[number].started_s is not None)


def test_skips_stops_interruptions_and_cancelled_cues_are_not_in_it(
    slowly: NarratorOptions, tmp_path: Path
):
    path, told = tmp_path / "session.flac", list[str]()

    async def work() -> None:
        async with listening(slowly) as (narrator, events):
            narrator.record(path, told.append)
            cues = [narrator.play(sentences(range(n, n + 3))) for n in range(6)]
            await begun(narrator, 0)
            narrator.skip()
            await begun(narrator, 1)
            narrator.cancel(cues[2])  # a hole
            narrator.play("Hear me!", priority=Priority.INTERRUPT)
            await begun(narrator, 3)
            narrator.pause()
            narrator.skip()
            narrator.resume()
            await begun(narrator, 4)
            narrator.stop()
            narrator.play("The end.")
            await narrator.drain()
        places = [e.audio_s for e in events if isinstance(e, ChunkStarted | WordStarted)]
        assert places == sorted(places)
        assert places[-1] < len(samples(path)) / 24_000
        titles = [c.split("=")[1] for c in read_comments(path) if "NAME" in c]
        assert titles[-1] == "The end."
        assert "Hear me!" in titles

    run(work)
    assert told == []
    assert samples(path).tolist() == heard(slowly).tolist()


@pytest.mark.parametrize("process", ["synthesis", "playout"])
def test_a_process_that_is_killed_leaves_it_whole(
    slowly: NarratorOptions, tmp_path: Path, process: str
):
    path, told = tmp_path / "session.flac", list[str]()

    async def work() -> None:
        async with Narrator(slowly) as narrator:
            narrator.record(path, told.append)
            cues = [narrator.play(sentences(range(n, n + 8))) for n in range(3)]
            for number in range(2):
                await begun(narrator, number)
                pid = narrator.process_ids[process]
                assert pid is not None
                os.kill(pid, signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
            narrator.skip()
            await narrator.drain()
            assert cues[2].outcome == "finished"

    run(work)
    assert told == []
    assert samples(path).tolist() == heard(slowly).tolist()
