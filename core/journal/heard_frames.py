"""Keeps what is on its way to the ear until it is known whether it was heard. Plain.

Frames are counted as the audio buffer counts them: from the session's first on.
"""

from collections import deque

import numpy as np

from ..synthesis.synthesizer import Samples


class HeardFrames:
    """Frames go in as the audio buffer is filled and come out once they were heard, in order and
    each once. What was cleared before it was heard never comes out.

    Its bound is that of the audio buffer that feeds it: it holds no more than is not heard yet.
    """

    def __init__(self) -> None:
        self._blocks: deque[tuple[int, Samples]] = deque()
        self._written = 0
        self._heard = 0

    @property
    def held(self) -> int:
        """Frames that wait to be heard."""
        return sum(len(samples) for _, samples in self._blocks)

    def push(self, frame: int, samples: Samples) -> None:
        """`samples` (float32, one dimension) begin at `frame`. Where it is not where the last ones
        ended, the frames between are not there (they were cleared), or those that overlap are
        what was said before: only what is past them is taken."""
        skip = max(self._written, self._heard) - frame
        if skip > 0:
            frame, samples = frame + skip, samples[skip:]
        if len(samples):
            self._blocks.append((frame, samples))
            self._written = frame + len(samples)

    def clear(self, upto: int) -> None:
        """Nothing before frame `upto` that was not heard by now will be."""
        while self._blocks and self._blocks[0][0] < upto:
            frame, samples = self._blocks.popleft()
            if frame + len(samples) > upto:
                self._blocks.appendleft((upto, samples[upto - frame :]))
        self._heard = max(self._heard, upto)

    def heard(self, frame: int) -> Samples:
        """All before `frame` has been heard: those of it that had not been told so."""
        parts: list[Samples] = []
        while self._blocks and self._blocks[0][0] < frame:
            start, samples = self._blocks.popleft()
            parts.append(samples[: frame - start])
            if start + len(samples) > frame:
                self._blocks.appendleft((frame, samples[frame - start :]))
        self._heard = max(self._heard, frame)
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)
