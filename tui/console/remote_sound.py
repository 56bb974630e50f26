"""How loud an engine elsewhere is, as sound that is as loud: the bridge tells levels, and the
screens look at a tap. Plain."""

import numpy as np

from ...core.audio_tap import AudioTap
from ...core.playout.buffer_statistics import Heard
from ...core.synthesis.synthesizer import Samples

LEVEL_S = 0.05
"""Between two levels that the bridge tells."""


class RemoteSound:
    """Gives taps, for each level, frames of that peak and root mean square."""

    def __init__(self, sample_rate: int) -> None:
        self.sample_rate = sample_rate
        self._taps: list[AudioTap] = []
        self._frames = 0
        self._at_s = 0.0

    def add_tap(self, tap: AudioTap) -> None:
        """Tell `tap` from now on."""
        self._taps.append(tap)

    def heard(self) -> Heard:
        """How far it has been heard."""
        return Heard(self._frames, self._at_s)

    def take(self, peak: float, rms: float, at_s: float) -> None:
        """It was so loud for a twentieth of a second; both levels are from 0 to 1."""
        samples = as_loud(peak, rms, round(LEVEL_S * self.sample_rate))
        for tap in self._taps:
            tap.pushed(self._frames, samples)
            tap.let_out(self._frames + samples.size)
        self._frames += samples.size
        self._at_s = at_s


def as_loud(peak: float, rms: float, count: int) -> Samples:
    """Mono frames, float32 of shape (count,), of this peak and root mean square: so many at the
    peak, and the others silent."""
    samples = np.zeros(count, np.float32)
    if peak > 0.0:
        samples[: min(max(round(count * (rms / peak) ** 2), 1), count)] = peak
    return samples
