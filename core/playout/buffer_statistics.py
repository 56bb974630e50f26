"""What an audio buffer tells about itself."""

from dataclasses import dataclass

from .buffer_ledger import ReaderCounters, WriterCounters


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
    skipped: int = 0
    """Frames before `frame` that were dropped unheard."""
    cleared: int = 0
    """The frame up to which the reader has noticed that all was dropped."""


def count_statistics(
    writer: WriterCounters, reader: ReaderCounters, capacity: int, sample_rate: int, passed: int
) -> BufferStatistics:
    """What the counters of both sides come to; up to `passed` nothing is left to hear."""
    return BufferStatistics(
        capacity_frames=capacity,
        written=writer.written,
        taken=reader.taken,
        heard=reader.heard,
        buffered_s=(writer.written - passed) / sample_rate,
        peak_s=writer.peak_frames / sample_rate,
        underruns=reader.underruns,
        underrun_frames=reader.underrun_frames,
        padded_frames=reader.padded_frames,
        overfill_frames=writer.overfill_frames,
        stale_frames=writer.stale_frames,
        epoch=writer.epoch,
        gate=writer.gate,
        finished=bool(writer.finished),
    )
