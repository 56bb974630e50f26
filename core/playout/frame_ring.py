"""A ring of frames, addressed by positions that count from the start and never wrap."""

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""Float32 PCM of shape (frames,), mono, in -1..1."""


class FrameRing:
    """Keeps the last `capacity` frames. Copies only; which positions are good its owner knows."""

    def __init__(self, frames: Samples) -> None:
        self._frames = frames
        self.capacity = frames.size

    def write(self, position: int, samples: Samples) -> None:
        """Put `samples`, at most `capacity` of them, at `position` and after."""
        at = position % self.capacity
        first = min(samples.size, self.capacity - at)
        self._frames[at : at + first] = samples[:first]
        self._frames[: samples.size - first] = samples[first:]

    def read(self, position: int, count: int) -> Samples:
        """A copy of `count` frames from `position` on, at most `capacity` of them."""
        at = position % self.capacity
        first = min(count, self.capacity - at)
        samples = np.empty(count, np.float32)
        samples[:first] = self._frames[at : at + first]
        samples[first:] = self._frames[: count - first]
        return samples
