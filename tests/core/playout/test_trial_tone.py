"""The tone by which a device is tried, on virtual time."""

import numpy as np
import pytest

from skaldcast.core.errors import OutputError
from skaldcast.core.playout.null_device import NullDevice
from skaldcast.core.playout.trial_tone import TONE_S, sound_tone, tone
from skaldcast.core.types import AudioFormat


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s

    def wait(self, seconds: float) -> None:
        self.now_s += seconds


class LateDevice(NullDevice):
    """One whose sound comes a while after it was written."""

    def __init__(self, clock: Clock, delay_s: float) -> None:
        super().__init__(AudioFormat(48_000), 0.2, clock)
        self._delay = round(delay_s * 48_000)
        self._written = 0

    def write(self, frames: np.ndarray) -> None:
        if not self._written:
            self._end_s = self._now() + self._delay / 48_000
        self._written += len(frames)
        super().write(frames)

    def pending(self) -> int:
        return min(super().pending(), self._written)

    def writable(self) -> int:
        return max(0, self._capacity - super().pending() + self._delay)


def test_the_tone_is_short_quiet_and_begins_and_ends_in_silence():
    frames = tone(48_000, 2)
    assert frames.shape == (round(TONE_S * 48_000), 2)
    assert frames.dtype == np.float32
    assert 0.05 < np.abs(frames).max() < 0.1
    assert np.abs(frames[[0, -1]]).max() < 1e-4
    assert np.abs(np.diff(frames[:, 0])).max() < 0.01


@pytest.mark.parametrize("delay_s", [0.0, 0.02, 0.5])
def test_the_latency_is_the_time_until_it_is_heard(delay_s: float):
    clock = Clock()
    heard = sound_tone(LateDevice(clock, delay_s), clock, clock.wait)
    assert heard.latency_s == pytest.approx(delay_s, abs=0.006)
    assert clock.now_s == pytest.approx(delay_s + TONE_S, abs=0.02)


def test_a_device_that_plays_nothing_is_told():
    clock = Clock()
    with pytest.raises(OutputError, match="did not play it"):
        sound_tone(LateDevice(clock, 1e6), clock, clock.wait)
