"""Recordings of a voice: brought to the model's form, and judged in figures."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from skaldcast.core.errors import SynthesizerError
from skaldcast.core.synthesis.xtts.clips import CLIP_RATE, Clip, read_clip, warnings

Array = NDArray[Any]


def speech(seconds: float, rate: int = CLIP_RATE, noise: float = 1e-4, seed: int = 0) -> Array:
    """Bursts of a gliding, voice-like tone with pauses of a quarter of the time, over noise."""
    t = np.arange(round(seconds * rate)) / rate
    phase = 2 * np.pi * np.cumsum(120 + 20 * np.sin(np.pi * t)) / rate
    tone = sum(np.sin(k * phase) / k for k in range(1, 8))
    voiced = np.clip(4 * np.sin(2 * np.pi * t / 1.3) + 2, 0, 1)
    hiss = np.random.default_rng(seed).standard_normal(t.size) * noise
    return (0.3 * tone * voiced + hiss).astype(np.float32)


def written(path: Path, samples: Array, rate: int = CLIP_RATE, **options: Any) -> Path:
    soundfile.write(path, samples, rate, **options)
    return path


def told(*clips: Clip) -> str:
    return "\n".join(warnings(clips))


def test_a_good_clip_has_no_warnings(tmp_path: Path):
    clip = read_clip(written(tmp_path / "a.wav", speech(8.0)))
    assert told(clip) == ""
    assert (clip.samples.dtype, clip.samples.ndim) == (np.float32, 1)
    assert clip.duration_s == pytest.approx(8.0)


@pytest.mark.parametrize("rate", [8_000, 16_000, 24_000, 44_100, 48_000, 96_000])
def test_each_rate_becomes_the_models(rate: int, tmp_path: Path):
    clip = read_clip(written(tmp_path / "a.wav", speech(7.0, rate), rate))
    assert clip.samples.size == pytest.approx(7.0 * CLIP_RATE, abs=2)
    assert told(clip) == ""


@pytest.mark.parametrize(
    ("name", "options"),
    [("a.flac", {}), ("a.ogg", {}), ("a.mp3", {}), ("b.wav", {"subtype": "FLOAT"})],
)
def test_the_usual_kinds_of_files_are_read(name: str, options: dict[str, str], tmp_path: Path):
    clip = read_clip(written(tmp_path / name, speech(7.0), **options))
    assert clip.samples.size == pytest.approx(7.0 * CLIP_RATE, abs=3000)


def test_channels_are_averaged_and_that_is_told(tmp_path: Path):
    left = speech(7.0)
    clip = read_clip(written(tmp_path / "a.wav", np.stack((left, -left / 2), axis=1)))
    np.testing.assert_allclose(clip.samples, left / 4, atol=1e-4)
    assert told(clip) == "a.wav has 2 channels: their mean is used"


def test_what_is_louder_than_full_scale_is_cut(tmp_path: Path):
    clip = read_clip(written(tmp_path / "a.wav", speech(7.0) * 8, subtype="FLOAT"))
    assert np.abs(clip.samples).max() == 1.0


def test_a_long_clip_is_cut_to_30_seconds_and_that_is_told(tmp_path: Path):
    clip = read_clip(written(tmp_path / "a.wav", speech(31.5)))
    assert clip.samples.size == 30 * CLIP_RATE
    assert told(clip) == "a.wav is long (31.5 s): 30 s are used"


def test_too_little_of_the_voice_is_told_in_seconds(tmp_path: Path):
    one = read_clip(written(tmp_path / "a.wav", speech(4.0)))
    other = read_clip(written(tmp_path / "b.wav", speech(1.5)))
    assert told(one) == "there are only 4.0 s of the voice: 6 to 30 s are best"
    assert "b.wav is short (1.5 s)" in told(one, one, other)
    assert "only 5.5 s" in told(one, other)
    assert told(one, one) == ""


@pytest.mark.parametrize("gain", [2.0, 8.0])
def test_a_clipped_clip_is_told_whatever_its_level_is_now(gain: float, tmp_path: Path):
    loud = np.clip(speech(7.0) * gain, -0.9, 0.9) * 0.5
    warning = told(read_clip(written(tmp_path / "a.wav", loud)))
    assert "a.wav is clipped (" in warning
    assert "% of it)" in warning


@pytest.mark.parametrize("snr_db", [5, 10, 15])
def test_a_noisy_clip_is_told_with_the_distance_to_its_pauses(snr_db: int, tmp_path: Path):
    level = np.sqrt(np.mean(speech(8.0) ** 2)) * 10 ** (-snr_db / 20)
    warning = told(read_clip(written(tmp_path / "a.wav", speech(8.0, noise=float(level)))))
    assert "a.wav is noisy (speech only " in warning


def test_pauses_of_digital_silence_are_no_noise(tmp_path: Path):
    clip = read_clip(written(tmp_path / "a.wav", speech(8.0, noise=0.0)))
    assert told(clip) == ""


def bytes_of(samples: Array, rate: int = CLIP_RATE, **options: Any) -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, rate, format="WAV", **options)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "it is empty"),
        (b"hello, I am no recording", "it is no audio that can be read"),
        (b"\xff\xfb" * 200, "it is no audio|is too short|silent"),
        (bytes_of(np.zeros(0, np.float32)), "0.00 s long"),
        (bytes_of(speech(0.3)), "0.30 s long, and 0.33 s is too short"),
        (bytes_of(np.zeros(99_999, np.float32)), "it is silent"),
        (bytes_of(np.full(99_999, np.nan, np.float32), subtype="FLOAT"), "not numbers"),
    ],
)
def test_what_is_no_recording_is_refused_with_the_reason(data: bytes, reason: str, tmp_path: Path):
    path = tmp_path / "a.wav"
    path.write_bytes(data)
    with pytest.raises(SynthesizerError, match=reason) as error:
        read_clip(path)
    assert str(error.value).startswith(f"the clip {path} cannot be used: ")
    assert "\n" not in str(error.value)


def test_a_recording_that_is_not_there_or_a_folder_is_told(tmp_path: Path):
    with pytest.raises(SynthesizerError, match="there is no such file"):
        read_clip(tmp_path / "a.wav")
    with pytest.raises(SynthesizerError, match="it is no file"):
        read_clip(tmp_path)


def test_a_recording_that_breaks_off_is_used_as_far_as_it_goes(tmp_path: Path):
    path = tmp_path / "a.wav"
    path.write_bytes(bytes_of(speech(8.0))[: 7 * CLIP_RATE * 2])
    assert read_clip(path).samples.size == pytest.approx(7.0 * CLIP_RATE, abs=100)


@given(st.binary(max_size=400))
def test_bytes_of_any_kind_are_a_clip_or_refused_on_purpose(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
):
    path = tmp_path_factory.mktemp("clips") / "a.wav"
    path.write_bytes(data)
    with pytest.raises(SynthesizerError):
        read_clip(path)
