"""What every voice's raw speech goes through: one gain, silence cut off, peaks held. No I/O."""

import numpy as np

from .loudness import PeakLimiter
from .synthesizer import TARGET_LUFS, Samples
from .trim import SilenceTrimmer


class Polish:
    """Levels and trims one stretch of speech, block by block.

    `gain_db` brings the voice to `TARGET_LUFS`; it never changes, so that loud and soft chunks
    stay so.
    """

    def __init__(
        self, sample_rate: int, gain_db: float, loudness_lufs: float = TARGET_LUFS
    ) -> None:
        gain_db += loudness_lufs - TARGET_LUFS
        self._gain = np.float32(10 ** (gain_db / 20))
        self._trimmer = SilenceTrimmer(sample_rate)
        self._limiter = PeakLimiter(sample_rate)

    @property
    def skipped(self) -> int:
        """Leading frames dropped; final once `push` has returned something."""
        return self._trimmer.skipped

    def push(self, samples: Samples) -> Samples:
        """Take raw frames; return those that are ready, possibly none."""
        return self._limiter.push(self._trimmer.push(samples) * self._gain)

    def finish(self) -> Samples:
        """The last frames; none where there was only silence."""
        tail = self._limiter.push(self._trimmer.finish() * self._gain)
        return np.concatenate((tail, self._limiter.finish()))
