"""Raw speech comes out levelled, trimmed and under the ceiling."""

import numpy as np
import pytest

from skaldcast.core.synthesis.loudness import true_peak_db
from skaldcast.core.synthesis.polish import Polish

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
