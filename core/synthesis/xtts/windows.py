"""Which frames to vocode when: linear in the length, and no sample depends on the cuts. Plain.

A frame is vocoded with what lies around it; the vocoder sees 13.6 frames (of 256 samples) to
either side (measured). So a window begins `CONTEXT` frames before what it gives out, and holds
back as many at its end until more is known; the last one holds nothing back.
"""

import math
from dataclasses import dataclass

CONTEXT = 14
HOLD_BACK = 16
"""Two or three more than `CONTEXT`: the last interpolated frames move when a latent follows."""


@dataclass(frozen=True, slots=True)
class Window:
    """Frames to vocode, of which the first ones are only context and the last ones held back."""

    first: int
    """The first frame that the vocoder gets; it gets all that there are from there on."""
    begin: int
    """The first frame to give out."""
    end: int
    """Just past the last frame to give out."""


@dataclass(frozen=True, slots=True)
class StepSizes:
    """How many codes a window waits for: few at first, then more, since each costs its context."""

    first: int = 12
    most: int = 48


class WindowPlan:
    """Cuts one utterance into windows."""

    def __init__(self, sizes: StepSizes, hold_back: int = HOLD_BACK) -> None:
        self._sizes = sizes
        self._hold_back = hold_back
        self._step = sizes.first
        self._taken = 0  # latents that the last window had
        self._given = 0  # frames

    def next(self, latents: int, frames: int, *, final: bool) -> Window | None:
        """The window that is due now that there are so many latents, which make so many frames;
        None where none is. The `final` one gives all that is left."""
        if not final and latents < self._taken + self._step:
            return None
        end = frames if final else frames - self._hold_back
        if end <= self._given:
            return None
        window = Window(max(0, self._given - CONTEXT), self._given, end)
        self._given = end
        self._taken = latents
        self._step = min(2 * self._step, self._sizes.most)
        return window


def interpolated(latents: int, scales: tuple[float, ...]) -> int:
    """What stays of so many latents after interpolations by `scales`, as torch counts it."""
    for scale in scales:
        latents = math.floor(latents * scale)
    return latents
