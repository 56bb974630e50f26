"""What an audio buffer tells about itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BufferStatistics:
    """A snapshot of an audio buffer. Positions count frames from the buffer's start."""

    capacity_frames: int
    written: int
    taken: int
    """What the reader has copied out."""
    heard: int
    buffered_s: float
    """Seconds written and neither heard nor cleared."""
    peak_s: float
    """The most that `buffered_s` has been."""
    underruns: int
    """How often silence was put inside speech; one run of it counts once."""
    underrun_frames: int
    padded_frames: int
    """Silence given by `pop_block` at a gate or past the end: asked for, no underrun."""
    overfill_frames: int
    """Frames that did not fit, counted each time they were offered."""
    stale_frames: int
    """Frames of an epoch that had passed, dropped."""
    epoch: int
    gate: int
    finished: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """How far the sound has been heard, and when that was known."""

    frame: int
    at_s: float
    """On `core.clock`."""
