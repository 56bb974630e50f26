"""What a device was given and has not played, before the gain, so that it can be given again."""

from collections import deque

import numpy as np

from ..synthesis.synthesizer import Samples

_NOTHING: Samples = np.zeros(0, np.float32)


class SentFrames:
    """Mono frames, float32, in the order in which they were sent. Bounded by the device's own
    buffer, as `keep_last` is called with what is pending there."""

    def __init__(self) -> None:
        self._blocks: deque[Samples] = deque()
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def add(self, samples: Samples) -> None:
        """The device was given `samples`."""
        self._blocks.append(samples)
        self._size += samples.size

    def keep_last(self, frames: int) -> None:
        """All but the last `frames` have been played; whole blocks of them are forgotten."""
        while self._blocks and self._size - self._blocks[0].size >= frames:
            self._size -= self._blocks.popleft().size

    def take_back(self, frames: int) -> Samples:
        """The last `frames`, which the device has dropped, or all there are."""
        everything = np.concatenate((_NOTHING, *self._blocks))
        kept = max(self._size - frames, 0)
        self._blocks.clear()
        self._size = 0
        self.add(everything[:kept])
        return everything[kept:]
