"""Loudness agrees with pyloudnorm, and the limiter holds the ceiling without being heard."""

import math

import numpy as np
import pyloudnorm
import pytest
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from skaldcast.core.synthesis.loudness import PeakLimiter, integrated_loudness, true_peak_db

RATE = 24_000


def speechlike(duration_s: float, level: float, rate: int = RATE) -> NDArray[np.float32]:
    """Low-passed noise in bursts, with pauses between them."""
    frames = round(duration_s * rate)
    noise = np.random.default_rng(1).standard_normal(frames + 15)
    smooth = np.convolve(noise, np.ones(16) / 4, "valid")
    bursts = np.maximum(0, np.sin(2 * np.pi * 2 * np.arange(frames) / rate))
    return (level * smooth * bursts).astype(np.float32)


def limited(sound: NDArray[np.float32], *cuts: int) -> NDArray[np.float32]:
    limiter = PeakLimiter(RATE)
    parts = [limiter.push(part) for part in np.split(sound, sorted(cuts))]
    return np.concatenate((*parts, limiter.finish()))


def independent_peak_db(sound: NDArray[np.float32]) -> float:
    return 20 * math.log10(np.abs(soxr.resample(sound, RATE, 16 * RATE)).max())


@pytest.mark.parametrize("rate", [16_000, 22_050, 24_000, 48_000])
def test_integrated_loudness_is_that_of_pyloudnorm(rate: int) -> None:
    sound = np.concatenate((speechlike(3, 0.1, rate), speechlike(2, 0.001, rate)))

    # Its default filters differ a little from the standard's; these are the standard's.
    meter = pyloudnorm.Meter(rate, filter_class="DeMan")
    expected = meter.integrated_loudness(sound.astype(np.float64))
    assert integrated_loudness(sound, rate) == pytest.approx(expected, abs=0.01)


def test_a_sine_of_997_hz_at_full_scale_is_minus_3_lufs() -> None:
    sine = np.sin(2 * np.pi * 997 * np.arange(5 * 48_000) / 48_000).astype(np.float32)

    assert integrated_loudness(sine, 48_000) == pytest.approx(-3.01, abs=0.03)


@pytest.mark.parametrize("frames", [0, 100, RATE])
def test_silence_and_a_blink_have_no_loudness(frames: int) -> None:
    assert integrated_loudness(np.zeros(frames, np.float32), RATE) == -math.inf


def test_the_true_peak_lies_between_the_samples() -> None:
    # Sampled at 45 degrees past each zero, this sine never shows its peak.
    sine = 0.5 * np.sin(np.pi / 2 * np.arange(4000) + np.pi / 4)
    sine *= np.hanning(4000)

    assert np.abs(sine).max() < 0.36
    assert true_peak_db(sine.astype(np.float32)) == pytest.approx(-6.02, abs=0.1)


def test_silence_has_no_peak() -> None:
    assert true_peak_db(np.zeros(100, np.float32)) == -math.inf


def test_what_stays_below_the_ceiling_passes_unchanged() -> None:
    sound = speechlike(2, 0.1)

    np.testing.assert_array_equal(limited(sound, 1000, 30_000), sound)


@pytest.mark.parametrize("level", [0.5, 2.0, 10.0])
def test_no_true_peak_exceeds_minus_1_dbtp(level: float) -> None:
    loud = speechlike(2, level)
    assert independent_peak_db(loud) > 0

    assert independent_peak_db(limited(loud)) <= -1.0


@settings(max_examples=20)
@given(st.lists(st.integers(0, 24_000), max_size=8))
def test_the_blocks_it_comes_in_make_no_difference(cuts: list[int]) -> None:
    sound = speechlike(1, 1.0)

    np.testing.assert_allclose(limited(sound, *cuts), limited(sound), atol=1e-5)


def test_away_from_peaks_nothing_is_turned_down() -> None:
    sound = speechlike(2, 0.1)
    sound[24_000] = 3.0

    kept = limited(sound)

    np.testing.assert_array_equal(kept[:23_700], sound[:23_700])
    np.testing.assert_allclose(kept[24_300:], sound[24_300:], rtol=1e-5, atol=1e-7)
    assert abs(kept[24_000]) < 0.9


def test_every_frame_comes_out_once_and_in_place() -> None:
    ramp = np.linspace(0, 0.3, 5000, dtype=np.float32)

    np.testing.assert_array_equal(limited(ramp, 1, 2, 50, 51, 4999), ramp)
