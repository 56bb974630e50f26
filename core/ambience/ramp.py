"""A value that moves in straight lines over frames. Pure arithmetic."""

import numpy as np
from numpy.typing import NDArray


class Ramp:
    """Constant, but for one straight line from the last value to the next.

    Frames are counted from the stream's beginning, so that what is written twice has the same
    value twice.
    """

    def __init__(self, value: float) -> None:
        self._from = self.goal = value
        """Where the line leads."""
        self._start = 0
        self._frames = 0

    def move(self, start: int, value: float, frames: int) -> None:
        """Go to `value` in a straight line over `frames` frames, from the frame `start` on."""
        self._from = self.value(start)
        self.goal = value
        self._start = start
        self._frames = frames

    def settled(self, frame: int) -> bool:
        """Whether the line has ended at `frame`."""
        return frame >= self._start + self._frames

    def value(self, frame: int) -> float:
        return float(self.values(frame, 1)[0])

    def values(self, first: int, count: int) -> NDArray[np.float64]:
        """The values at `count` frames from `first` on; of shape (count,), or (1,) where it is
        one value throughout."""
        if self.settled(first):
            return np.array([self.goal])
        passed = np.arange(first - self._start, first - self._start + count) / self._frames
        return self._from + (self.goal - self._from) * np.clip(passed, 0.0, 1.0)
