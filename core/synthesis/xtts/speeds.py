"""What was measured of a model's speed, and what is made of it. Plain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .guard import CODES_PER_S

_ENOUGH = 0.95
"""A setting is taken where no greater one brings more than this share of the best."""
_FASTER_THAN_SPEECH = 0.8


@dataclass(frozen=True, slots=True)
class SlotSpeed:
    """What so many slots do."""

    slots: int
    codes_per_s: float
    """Of all slots together."""

    @property
    def real_time_factor(self) -> float:
        """Of all slots together, the vocoder not counted."""
        return CODES_PER_S / self.codes_per_s

    @property
    def slot_real_time_factor(self) -> float:
        """Of each slot."""
        return self.real_time_factor * self.slots


@dataclass(frozen=True, slots=True)
class WindowWork:
    """What the vocoder's windows cost."""

    step_codes: int
    seconds: float
    """For the utterance; CPU seconds where the model runs on the processor."""
    audio_s: float
    """How long that utterance is."""


@dataclass(frozen=True, slots=True)
class FirstBlock:
    """How long a chunk's first audio takes that has the model for itself."""

    codes: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Tuned:
    """The settings that were found best."""

    slots: int
    step_codes: int


Measured = SlotSpeed | WindowWork | FirstBlock | Tuned


def choose(speeds: Sequence[SlotSpeed], works: Mapping[int, float]) -> Tuned:
    """The best of what was measured; `works` is the vocoder's by step size.

    The fewest slots that do nearly as much as any number, as long as each slot is still faster
    than speech; then the smallest windows whose work is nearly the least.
    """
    usable = [s for s in speeds if s.slot_real_time_factor < _FASTER_THAN_SPEECH] or speeds[:1]
    most = max(speed.codes_per_s for speed in usable)
    slots = next(s.slots for s in usable if s.codes_per_s >= _ENOUGH * most)
    least = min(works.values())
    step = next(step for step, work in sorted(works.items()) if _ENOUGH * work <= least)
    return Tuned(slots, step)
