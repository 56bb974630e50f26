"""The ambience beside the voice, by a recording of what the sound server's sink plays.

The bed is a tone of 6 kHz and the voice one of 440 Hz: over 50 ms both are whole periods, so each
level is measured as if the other were not there.
"""

import asyncio
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest
import soundfile
from numpy.typing import NDArray

from skaldcast.core.narrator import Narrator, NarratorOptions
from tests.core.narrating import FAST, run, until
from tests.device_fixtures import RATE, Recording, SoundServer

pytestmark = [pytest.mark.device, pytest.mark.usefixtures("nothing_is_left_behind")]

BED_HZ, VOICE_HZ, OTHER_HZ = 6000, 440, 3000
WINDOW = RATE // 20
SHORT = "The gate stood open, and nobody was there to tell why."
LONG = " ".join([SHORT] * 4)


def levels(samples: NDArray[np.float32], frequency: int) -> NDArray[np.float64]:
    """The amplitude of `frequency` in each 50 ms."""
    windows = samples[: len(samples) // WINDOW * WINDOW].reshape(-1, WINDOW)
    wave = np.exp(-2j * np.pi * frequency / RATE * np.arange(WINDOW))
    return 2 * np.abs(windows @ wave) / WINDOW


def speech(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """From the first to the last whole window in which the voice sounds."""
    windows = np.flatnonzero(levels(samples, VOICE_HZ) > 1e-3)
    return samples[(windows[0] + 1) * WINDOW : windows[-1] * WINDOW]


def last(recording: Recording, frequency: int) -> float:
    """The amplitude of `frequency` in the last 50 ms."""
    samples = recording.last(WINDOW)
    return levels(samples, frequency)[0] if len(samples) == WINDOW else 0.0


def ducked_under_the_voice(recording: Recording) -> bool:
    return last(recording, VOICE_HZ) > 0.1 and 0.012 < last(recording, BED_HZ) < 0.013


def tone_file(path: Path, frequency: int, seconds: float = 1.0) -> Path:
    wave = 0.5 * np.sin(2 * np.pi * frequency / RATE * np.arange(round(seconds * RATE)))
    soundfile.write(path, wave, RATE)
    return path


@pytest.fixture
def bed(tmp_path: Path) -> NarratorOptions:
    file = tone_file(tmp_path / "bed.wav", BED_HZ)
    return replace(FAST, output="device", latency_s=1.0, ambience=file)


def test_the_loop_is_heard_without_a_gap_and_ducked_by_so_much_while_the_voice_speaks(
    bed: NarratorOptions, sound_server: SoundServer
):
    async def work() -> None:
        with sound_server.recording() as recording:
            async with Narrator(replace(bed, voice="tone?rtf=0&latency=0")) as narrator:
                await until(lambda: last(recording, BED_HZ) > 0.0499)
                await asyncio.sleep(2.0)  # two seams
                faded_in = len(recording.samples)
                narrator.play(SHORT)
                await narrator.drain()
                spoken = len(recording.samples)
                await until(lambda: last(recording, BED_HZ) > 0.0499)
                samples = recording.samples
        bed_levels = levels(samples, BED_HZ)
        before = bed_levels[faded_in // WINDOW - 36 : faded_in // WINDOW]
        during = bed_levels[spoken // WINDOW - 30 : spoken // WINDOW - 4]
        assert before == pytest.approx(0.05, rel=0.02)  # a gap of 1 ms would show
        assert 20 * np.log10(np.median(during) / np.median(before)) == pytest.approx(-12, abs=0.2)
        sounding = np.flatnonzero(bed_levels > 0.005)
        assert bed_levels[sounding[0] : -1].min() > 0.005  # in every 50 ms, five seams among them

    run(work)


def test_the_voice_is_unharmed_though_the_ambience_is_killed_ten_times(
    bed: NarratorOptions, sound_server: SoundServer
):
    async def work() -> None:
        with sound_server.recording() as recording:
            async with Narrator(bed) as narrator:
                cue = narrator.play(LONG)
                await until(lambda: cue.started_s is not None)
                killed: set[int] = set()
                for times in range(10):
                    await until(lambda: narrator.process_ids["ambience"] not in {None, *killed})
                    pid = narrator.process_ids["ambience"]
                    assert pid is not None
                    await asyncio.sleep(0.05 * times)
                    psutil.Process(pid).kill()
                    killed.add(pid)
                assert cue.outcome is None
                await narrator.drain()
                report = narrator.report()
                await until(lambda: last(recording, BED_HZ) > 0.04)
            samples = recording.samples
        voice = levels(speech(samples), VOICE_HZ)
        assert len(voice) * 0.05 > 0.065 * (len(LONG) - 3) - 3 * 0.05
        assert voice == pytest.approx(np.median(voice), rel=0.03)
        assert (report["underruns"], report["device_underflows"]) == (0, 0)

    run(work)


def test_another_scene_is_cross_faded_to_and_silence_is_faded_to(
    bed: NarratorOptions, sound_server: SoundServer, tmp_path: Path
):
    other = tone_file(tmp_path / "other.flac", OTHER_HZ)

    async def work() -> None:
        with sound_server.recording() as recording:
            async with Narrator(bed) as narrator:
                await until(lambda: last(recording, BED_HZ) > 0.049)
                begun = len(recording.samples)
                narrator.set_ambience(other)
                await until(lambda: last(recording, OTHER_HZ) > 0.049)
                both = recording.samples[begun:]
                power = levels(both, BED_HZ) ** 2 + levels(both, OTHER_HZ) ** 2
                assert power.max() < 1.1 * 0.05**2
                assert power.min() > 0.9 * 0.05**2
                narrator.set_ambience_level(-40.0)
                await until(lambda: last(recording, OTHER_HZ) < 0.0051)
                narrator.set_ambience(None)
                await until(lambda: narrator.process_ids["ambience"] is None)
                await until(lambda: last(recording, OTHER_HZ) < 1e-5)

    run(work)


def test_a_pause_and_a_stop_leave_it_running_and_the_master_volume_is_over_it_too(
    bed: NarratorOptions, sound_server: SoundServer
):
    async def work() -> None:
        with sound_server.recording() as recording:
            async with Narrator(bed) as narrator:
                narrator.play(LONG)
                await until(lambda: ducked_under_the_voice(recording))
                narrator.pause()
                await until(lambda: last(recording, BED_HZ) > 0.049)
                narrator.resume()
                await until(lambda: ducked_under_the_voice(recording))
                narrator.stop()
                await until(lambda: last(recording, BED_HZ) > 0.049)
                assert last(recording, VOICE_HZ) < 1e-3
                narrator.set_volume(0.0)
                await until(lambda: last(recording, BED_HZ) == 0.0)

    run(work)


def test_a_sound_server_that_is_killed_gives_both_back(
    bed: NarratorOptions, own_sound_server: SoundServer
):
    async def work() -> None:
        async with Narrator(bed) as narrator:
            cue = narrator.play(LONG)
            await until(lambda: cue.started_s is not None)
            await asyncio.to_thread(own_sound_server.kill)
            await asyncio.to_thread(own_sound_server.start)
            with own_sound_server.recording() as recording:
                await until(lambda: ducked_under_the_voice(recording))
                narrator.stop()
                applications = own_sound_server.control("list", "sink-inputs")
                assert 'application.name = "Skaldcast"' in applications
                assert 'application.name = "Skaldcast Ambience"' in applications

    run(work)
