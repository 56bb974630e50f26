"""What a synthesizer measured of its own work."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SynthesisFigures:
    """Since the worker process loaded its voice."""

    chunks: int
    """How many were spoken to their end."""
    real_time_factor: float
    """Of all slots together: seconds with chunks in work for a second of audio."""
    slot_real_time_factor: float
    """Of each slot: from when a chunk gets one to its end, for a second of its audio."""
    first_block_mean_s: float
    """From a chunk's arrival at the synthesizer to its first audio, its wait for a slot and a
    chunk before it included."""
    first_block_p95_s: float
    busy_share: float
    """Of the time with chunks in work, that in which some were being decoded."""
