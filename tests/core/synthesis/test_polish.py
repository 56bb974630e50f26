"""Raw speech comes out levelled, trimmed and under the ceiling."""

import numpy as np
import pytest

from skaldcast.core.synthesis.loudness import true_peak_db
from skaldcast.core.synthesis.polish import Polish
from skaldcast.core.synthesis.synthesizer import TARGET_LUFS

RATE = 24_000


def test_the_gain_is_the_same_for_loud_and_soft() -> None:
    tone = np.sin(2 * np.pi * 200 * np.arange(RATE) / RATE).astype(np.float32)
    for level in (0.01, 0.2):
        polish = Polish(RATE, gain_db=6.0206)
        sound = np.concatenate((polish.push(level * tone), polish.finish()))

        assert np.abs(sound).max() == pytest.approx(2 * level, rel=1e-3)


def test_silence_goes_and_peaks_are_held() -> None:
    quiet = np.zeros(RATE, np.float32)
    tone = np.sin(2 * np.pi * 200 * np.arange(RATE) / RATE).astype(np.float32)
    polish = Polish(RATE, gain_db=6.0)

    parts = [polish.push(part) for part in (quiet, tone, quiet)]
    sound = np.concatenate((*parts, polish.finish()))

    assert polish.skipped == RATE - 240
    assert sound.size == pytest.approx(RATE + 240 + 480, abs=120)
    assert true_peak_db(sound) <= -1.0


def test_only_silence_gives_nothing() -> None:
    polish = Polish(RATE, gain_db=6.0)

    assert polish.push(np.zeros(RATE, np.float32)).size == 0
    assert polish.finish().size == 0


def test_another_loudness_is_reached_by_the_same_gain_everywhere() -> None:
    tone = (0.05 * np.sin(np.arange(24_000) * 0.1)).astype(np.float32)
    levels = []
    for target in (TARGET_LUFS, TARGET_LUFS - 6.0):
        polish = Polish(24_000, 0.0, target)
        polished = np.concatenate((polish.push(tone), polish.finish()))
        levels.append(20 * np.log10(np.sqrt(np.mean(polished**2))))
    assert levels[0] - levels[1] == pytest.approx(6.0, abs=0.01)
