"""A sound without an end, made of one that has an end. Plain.

The last frames of each pass are cross-faded into the first of the next, at the same power
throughout: no step is heard, and the loudness stays.
"""

from typing import Protocol

import numpy as np

from ..errors import AmbienceError
from ..playout.device import Frames
from .times import SEAM_S, SHORTEST_S


class Source(Protocol):
    """A sound that can be read again from its beginning."""

    name: str
    """For people."""
    sample_rate: int

    def read(self, frames: int) -> Frames:
        """The next frames, of shape (frames, 2); fewer only at its end. Raises `AmbienceError`."""
        ...

    def restart(self) -> None:
        """Go back to the first frame. Raises `AmbienceError`."""
        ...

    def close(self) -> None:
        """Idempotent, never raises."""
        ...


class Loop:
    """Reads `source` over and over."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._seam = round(SEAM_S * source.sample_rate)
        self._shortest = round(SHORTEST_S * source.sample_rate)
        self._ahead: Frames = np.zeros((0, 2), np.float32)
        """Read and not given out: one seam at least, as the end may follow."""
        self._passed = 0
        """Frames read in this pass."""

    def read(self, frames: int) -> Frames:
        """Exactly so many frames, of shape (frames, 2). Raises `AmbienceError` where the source
        does, or is too short to loop."""
        while len(self._ahead) < frames + self._seam:
            wanted = frames + self._seam - len(self._ahead)
            read = self._source.read(wanted)
            self._passed += len(read)
            self._ahead = np.concatenate((self._ahead, read))
            if len(read) < wanted:
                self._begin_again()
        given, self._ahead = self._ahead[:frames], self._ahead[frames:]
        return given

    def _begin_again(self) -> None:
        if self._passed < self._shortest:
            raise AmbienceError(
                f"{self._source.name} is too short to loop: it has {self._passed} frames and "
                f"must have {self._shortest} ({SHORTEST_S:g} s); choose another file"
            )
        self._source.restart()
        head = self._source.read(self._seam)
        self._passed = len(head)
        if len(head) < self._seam:
            self._begin_again()  # it was cut short meanwhile
        joined = cross_fade(self._ahead[-self._seam :], head)
        self._ahead = np.concatenate((self._ahead[: -self._seam], joined))


def cross_fade(old: Frames, new: Frames) -> Frames:
    """From `old` to `new`, both of shape (frames, 2), at the same power throughout: they add up
    the more the more alike they are, by 3 dB where they are the same."""
    angle = np.linspace(0, np.pi / 2, len(old), endpoint=False)[:, None]
    energy = float(np.sqrt((old**2).sum() * (new**2).sum()))
    alike = max(float((old * new).sum()) / energy, 0.0) if energy else 0.0
    power = 1 + alike * np.sin(2 * angle)
    return ((old * np.cos(angle) + new * np.sin(angle)) / np.sqrt(power)).astype(np.float32)
