"""What the decoding loop achieves, in figures. Plain; the clock is an argument."""

from collections import deque

import numpy as np

from ..figures import SynthesisFigures

_RECENT = 1000
"""First blocks that are remembered; a percentile needs no more."""


class LoopMeter:
    """Told by the loop what happens, in order of time; figures are of all since it was made."""

    def __init__(self) -> None:
        self._chunks = 0
        self._audio_s = 0.0
        self._slot_s = 0.0
        self._with_chunks_s = 0.0
        self._decoding_s = 0.0
        self._first_blocks: deque[float] = deque(maxlen=_RECENT)
        self._turned_at: float | None = None
        self._decoding = False

    def turn(self, now: float, *, decoding: bool) -> None:
        """A turn begins, with chunks in the loop; `decoding` tells whether one has a slot."""
        self._close(now)
        self._turned_at, self._decoding = now, decoding

    def rest(self, now: float) -> None:
        """There is no chunk any more. Idempotent."""
        self._close(now)
        self._turned_at = None

    def _close(self, now: float) -> None:
        if self._turned_at is None:
            return
        self._with_chunks_s += now - self._turned_at
        if self._decoding:
            self._decoding_s += now - self._turned_at

    def first_block(self, waited_s: float) -> None:
        """A chunk's first audio is there, so long after the chunk came."""
        self._first_blocks.append(waited_s)

    def finished(self, slot_s: float, audio_s: float) -> None:
        """A chunk is whole: `slot_s` seconds after it got a slot, `audio_s` long."""
        self._chunks += 1
        self._slot_s += slot_s
        self._audio_s += audio_s

    def figures(self) -> SynthesisFigures | None:
        """All so far; None before a chunk with sound is whole."""
        if not self._audio_s or not self._first_blocks or not self._with_chunks_s:
            return None
        waits = np.array(self._first_blocks)
        return SynthesisFigures(
            chunks=self._chunks,
            real_time_factor=self._with_chunks_s / self._audio_s,
            slot_real_time_factor=self._slot_s / self._audio_s,
            first_block_mean_s=float(waits.mean()),
            first_block_p95_s=float(np.percentile(waits, 95)),
            busy_share=self._decoding_s / self._with_chunks_s,
        )
