"""Underruns at the device, told while they are news. Plain; the clock is an argument."""

from .playout.buffer_statistics import BufferStatistics

_EVERY_S = 0.1
"""The device's counters are looked at so often."""


class UnderrunWatch:
    """Looks at the counters and says what is new."""

    def __init__(self) -> None:
        self._told = 0
        self._looked_at_s = 0.0

    def is_due(self, now: float) -> bool:
        """Whether it is time to look."""
        due = now >= self._looked_at_s + _EVERY_S
        if due:
            self._looked_at_s = now
        return due

    def new_frames(self, statistics: BufferStatistics) -> int:
        """Frames of silence put inside speech since it was asked last."""
        frames = statistics.underrun_frames - self._told
        self._told += frames
        return frames
