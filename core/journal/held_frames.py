"""Keeps sound that is on its way to the ear until it is known whether it was heard. Plain.

Frames are counted as the audio buffer counts them.
"""

from collections import deque

import numpy as np

from ..synthesis.synthesizer import Samples


class HeldFrames:
    """Blocks in the order of their frames. Its bound is that of the audio buffer that feeds it:
    what was heard is taken, and what was cleared is dropped."""

    def __init__(self) -> None:
        self._blocks: deque[tuple[int, Samples]] = deque()

    def __len__(self) -> int:
        return sum(len(samples) for _, samples in self._blocks)

    def push(self, frame: int, samples: Samples) -> None:
        """`samples` (float32, one dimension) begin at `frame`, not before the last ones' end."""
        if len(samples):
            self._blocks.append((frame, samples))

    def drop(self, begin: int, end: int) -> None:
        """Forget the frames from `begin` to `end`; none where that is not after it."""
        if begin >= end:
            return
        kept: deque[tuple[int, Samples]] = deque()
        for frame, samples in self._blocks:
            before, after = max(begin - frame, 0), max(end - frame, 0)
            if before < len(samples) and after:
                rest = samples[after:]
                samples = samples[:before]
                kept.extend(
                    part for part in ((frame, samples), (frame + after, rest)) if len(part[1])
                )
            else:
                kept.append((frame, samples))
        self._blocks = kept

    def take(self, begin: int, end: int) -> Samples:
        """What is held of the frames from `begin` to `end`; all before `end` is forgotten."""
        parts: list[Samples] = []
        while self._blocks and self._blocks[0][0] < end:
            frame, samples = self._blocks.popleft()
            parts.append(samples[max(begin - frame, 0) : end - frame])
            if frame + len(samples) > end:
                self._blocks.appendleft((end, samples[end - frame :]))
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)
