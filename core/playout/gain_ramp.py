"""The gain of one run over its device frames. Pure arithmetic."""

import numpy as np

from ..synthesis.synthesizer import Samples


class GainRamp:
    """A constant gain, but for one straight line from the last value to the next.

    Frames are counted from the start of a run, so that what is written twice (`rewind`) gets the
    same gain twice.
    """

    def __init__(self, gain: float) -> None:
        self._from = self._to = gain
        self._start = -1  # before the first frame
        self._frames = 0

    def move(self, start: int, gain: float, frames: int) -> None:
        """Go to `gain` in a straight line over `frames` frames, from the frame `start` on."""
        self._from = self._value(start - 1)
        self._to = gain
        self._start = start
        self._frames = frames

    def apply(self, samples: Samples, first: int) -> Samples:
        """`samples`, float32 of shape (frames,), of which the first is the frame `first`."""
        ramped = min(max(self._start + self._frames - first, 0), samples.size)
        if not ramped and self._to == 1.0:
            return samples
        scaled = samples * np.float32(self._to)
        if ramped:
            line = [self._value(frame) for frame in range(first, first + ramped)]
            scaled[:ramped] = samples[:ramped] * np.array(line, np.float32)
        return scaled

    def _value(self, frame: int) -> float:
        if frame >= self._start + self._frames:
            return self._to
        passed = max(frame + 1 - self._start, 0) / self._frames
        return self._from + (self._to - self._from) * passed
