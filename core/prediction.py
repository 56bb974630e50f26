"""When a cue will be heard and how long it will last, from what the sequencer knows. Plain."""

from collections.abc import Iterable
from dataclasses import dataclass

from .cue import Cue
from .plan import CuePlan, PlannedChunk
from .playout.audio_buffer import AudioBuffer
from .text.pace import Pace


@dataclass(frozen=True, slots=True)
class CuePrediction:
    """What is to be expected of a cue, as things stand; a pause of the transport not counted in."""

    starts_in_s: float
    """Seconds until it is heard; 0 where it is being heard."""
    duration_s: float
    """Seconds that what is left of it lasts, as far as its text has come."""


def predict(
    cue: Cue,
    plans: Iterable[CuePlan],
    chunks: Iterable[PlannedChunk],
    pace: Pace,
    buffer: AudioBuffer,
) -> CuePrediction | None:
    """What is to be expected of `cue`, one of `plans`, whose `chunks` are in playout order; None
    where it has ended."""
    position = max(buffer.position().frame, buffer.cleared)
    seconds: dict[CuePlan, float] = {}
    first: PlannedChunk | None = None
    for planned in chunks:
        seconds[planned.cue] = seconds.get(planned.cue, 0.0) + _left_s(
            planned, position, buffer.sample_rate
        )
        if first is None and planned.cue.cue is cue:
            first = planned
    before_s = 0.0
    for plan in plans:
        left = plan.characters_left
        own_s = seconds.get(plan, 0.0) + pace.duration_s(left) / plan.cue.speed
        if plan.cue is cue:
            starts_in_s = 0.0
            if cue.started_s is None:
                starts_in_s = max(before_s, _made_in_s(first, own_s, pace))
            return CuePrediction(starts_in_s, own_s)
        before_s += own_s
    return None


def _left_s(planned: PlannedChunk, position: int, rate: int) -> float:
    """Seconds of a chunk, its pause too, that have not been heard."""
    audio_s = planned.received / rate
    whole_s = planned.pause_s + (
        audio_s if planned.over else max(planned.chunk.estimated_s, audio_s)
    )
    if planned.first_frame is None:
        return whole_s
    return max(whole_s - max(position - planned.first_frame, 0) / rate, 0.0)


def _made_in_s(first: PlannedChunk | None, duration_s: float, pace: Pace) -> float:
    """Seconds until there is something to hear of a cue, whose first chunk is `first`."""
    if first is None:
        return pace.first_block_s(min(duration_s, _FIRST_CHUNK_S))
    return 0.0 if first.received else pace.first_block_s(first.chunk.estimated_s)


_FIRST_CHUNK_S = 2.0
"""About what a first chunk lasts, before it has been cut."""
