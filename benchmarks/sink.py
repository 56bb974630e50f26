"""A sound server of our own, and a recorder of its sink that knows when each sample was heard."""

import os
import time

import numpy as np
from numpy.typing import NDArray

from tests.device_fixtures import CHANNELS, RATE, Recording, SoundServer

__all__ = ["RATE", "SoundServer", "TimedRecording", "silences"]

LOUD = 1e-3
"""What counts as sound: -60 dBFS."""


class TimedRecording(Recording):
    """Stamps each block with the time at which it was in hand (10 ms blocks at most)."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._stamps: list[tuple[float, int]] = []
        super().__init__({**os.environ, **environment})

    def _read(self) -> None:
        assert self._recorder.stdout is not None
        descriptor, rest, count = self._recorder.stdout.fileno(), b"", 0
        while data := os.read(descriptor, 65_536):
            now = time.monotonic()
            data = rest + data
            whole = len(data) - len(data) % (4 * CHANNELS)
            rest = data[whole:]
            block = np.frombuffer(data[:whole], np.float32)[::CHANNELS]
            count += block.size
            self._stamps.append((now, count))
            self._blocks.append(block)

    def first_sound_after(self, time_s: float) -> float | None:
        """When the first sample above -60 dBFS was heard after `time_s`, on time.monotonic."""
        stamps = list(self._stamps)
        start = next((count for stamp, count in stamps if stamp > time_s), None)
        if start is None:
            return None
        loud = np.flatnonzero(np.abs(self.samples[start:]) > LOUD)
        if not loud.size:
            return None
        frame = start + int(loud[0])
        return next(stamp for stamp, count in stamps if count > frame)


def silences(samples: NDArray[np.float32], longer_than_s: float = 0.0005) -> NDArray[np.float64]:
    """Lengths in seconds of the runs of digital silence between first and last sound."""
    sounding = np.flatnonzero(samples)
    runs = np.diff(sounding) - 1
    return runs[runs > longer_than_s * RATE] / RATE
