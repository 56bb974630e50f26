"""Sound files as they are found on people's disks."""

import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import soundfile

from skaldcast.core.ambience.deck import Deck
from skaldcast.core.ambience.loop import Loop
from skaldcast.core.ambience.sound_source import SoundFileSource
from skaldcast.core.errors import AmbienceError
from skaldcast.core.playout.sound_file import wav_header
from skaldcast.core.types import AudioFormat

RATE = 24_000


def refusal(path: Path) -> str:
    with pytest.raises(AmbienceError) as caught:
        Loop(SoundFileSource(path)).read(10_000)
    message = str(caught.value)
    assert message.count(str(path)) == 1
    assert "\n" not in message
    return message.replace(str(path), "FILE")


@pytest.mark.parametrize("ending", ["wav", "flac", "ogg", "mp3"])
@pytest.mark.parametrize("channels", [1, 2])
def test_what_people_have_can_be_looped(tmp_path: Path, ending: str, channels: int):
    path = tmp_path / f"sound.{ending}"
    sound = 0.5 * np.sin(np.arange(RATE) / 20)
    soundfile.write(path, np.repeat(sound[:, None], channels, axis=1), RATE)
    source = SoundFileSource(path)
    assert source.sample_rate == RATE
    heard = Loop(source).read(3 * RATE)
    assert heard.shape == (3 * RATE, 2)
    assert np.abs(heard).max() == pytest.approx(0.5, abs=0.1)
    assert np.abs(heard[100:900] - np.repeat(sound[100:900, None], 2, axis=1)).max() < 0.03


def test_what_is_no_sound_is_told_with_what_would_be_one(tmp_path: Path):
    path = tmp_path / "tavern.ogg"
    path.write_text("The gate stood open. " * 100)
    assert refusal(path) == (
        "cannot read FILE as sound: Format not recognised; give a WAV, FLAC, OGG or MP3 file"
    )


@pytest.mark.parametrize("name", ["none.wav", "", "sound.raw"])
def test_what_is_not_there_or_has_no_format_is_told(tmp_path: Path, name: str):
    (tmp_path / "sound.raw").write_bytes(bytes(1000))
    assert "cannot read FILE as sound" in refusal(tmp_path / name)


def test_an_empty_file_is_told(tmp_path: Path):
    path = tmp_path / "empty.wav"
    path.touch()
    assert "cannot read FILE as sound" in refusal(path)


@pytest.mark.parametrize("frames", [0, 1])
def test_a_file_without_a_sound_to_speak_of_is_told(tmp_path: Path, frames: int):
    path = tmp_path / "click.wav"
    soundfile.write(path, np.ones(frames), RATE)
    assert f"FILE is too short to loop: it has {frames} frames" in refusal(path)


def test_a_rate_that_is_none_is_told(tmp_path: Path):
    path = tmp_path / "odd.wav"
    path.write_bytes(wav_header(AudioFormat(2_000_000_000), 1000) + bytes(2000))
    assert "2000000000 Hz is no rate of sound" in refusal(path)


@pytest.mark.skipif(sys.platform == "win32", reason="NTFS writes the zeros out")
def test_of_ten_hours_no_more_is_held_than_a_moment(tmp_path: Path):
    path, frames = tmp_path / "long.wav", 36_000 * RATE
    with path.open("wb") as file:
        file.write(wav_header(AudioFormat(RATE), frames))
        file.truncate(80 + 2 * frames)
    deck = Deck(SoundFileSource(path), 48_000, kept=48_000)
    tracemalloc.start()
    for _ in range(30):
        assert deck.read(4800).shape == (4800, 2)
    assert tracemalloc.get_traced_memory()[1] < 4_000_000
    tracemalloc.stop()


@pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be deleted there")
def test_a_file_that_is_deleted_while_it_loops_goes_on(tmp_path: Path):
    path = tmp_path / "gone.flac"
    soundfile.write(path, np.full(RATE, 0.5), RATE)
    loop = Loop(SoundFileSource(path))
    loop.read(100)
    path.unlink()
    assert loop.read(5 * RATE).min() == pytest.approx(0.5, abs=1e-3)


def test_eight_channels_at_192_khz_are_folded_into_one(tmp_path: Path):
    path = tmp_path / "studio.wav"
    sound = np.zeros((192_000, 8))
    sound[:, 5] = 0.8
    soundfile.write(path, sound, 192_000, subtype="FLOAT")
    heard = Deck(SoundFileSource(path), 48_000, kept=100).read(48_000)
    assert heard[1000:40_000] == pytest.approx(0.1, abs=1e-4)


def test_what_is_no_number_is_silence(tmp_path: Path):
    path = tmp_path / "broken.wav"
    sound = np.full(RATE, 0.25, np.float32)
    sound[:3] = (np.nan, np.inf, -np.inf)
    soundfile.write(path, sound, RATE, subtype="FLOAT")
    assert SoundFileSource(path).read(4)[:, 0].tolist() == [0.0, 1.0, -1.0, 0.25]
