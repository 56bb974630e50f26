"""One looped sound at the device's rate, which can go back a little. Plain."""

import numpy as np

from ..playout.device import Frames
from ..playout.resampler import Resampler
from .loop import Loop, Source
from .ramp import Ramp


class Deck:
    """Plays `source` for ever, with its own fade from 0 (silent) to 1.

    It keeps the last `kept` frames, those that a device may not have played yet.
    """

    def __init__(self, source: Source, sample_rate: int, kept: int) -> None:
        self.fade = Ramp(0.0)
        self._source = source
        self._loop = Loop(source)
        self._resamplers = [Resampler(source.sample_rate, sample_rate) for _ in range(2)]
        self._block = max(1, source.sample_rate // 10)
        self._kept = kept
        self._frames: Frames = np.zeros((0, 2), np.float32)
        """What is kept, and behind it what was made ahead."""
        self._at = 0
        """The next frame, in `_frames`."""

    def make(self, frames: int) -> None:
        """Have so many frames ready; raises `AmbienceError`, the first time for a broken file."""
        made = [self._frames]
        missing = self._at + frames - len(self._frames)
        while missing > 0:
            block = self._loop.read(self._block)
            sides = [
                resampler.process(block[:, side]) for side, resampler in enumerate(self._resamplers)
            ]
            made.append(np.stack(sides, axis=1))
            missing -= len(made[-1])
        if len(made) > 1:
            self._frames = np.concatenate(made)

    def read(self, frames: int) -> Frames:
        """The next frames, float32 of shape (frames, 2). Raises `AmbienceError`."""
        self.make(frames)
        given = self._frames[self._at : self._at + frames]
        forgotten = max(self._at + frames - self._kept, 0)
        self._frames = self._frames[forgotten:]
        self._at += frames - forgotten
        return given

    def back(self, frames: int) -> None:
        """Give out the last frames again, as many as are kept."""
        self._at = max(self._at - frames, 0)

    def close(self) -> None:
        self._source.close()
