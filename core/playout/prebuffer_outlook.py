"""What the prebuffer is told and what it answers: plain values, no clock, no I/O."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ..text.pace import Pace
from ..types import Boundary


class SynthesisStage(StrEnum):
    """How far the making of a chunk is."""

    WAITING = "waiting"
    """Its text is known; no worker has taken it."""
    RUNNING = "running"
    """A worker makes it; blocks may have come."""
    DONE = "done"
    """All of it has been made."""


@dataclass(slots=True)
class ChunkOutlook:
    """One chunk that has not been wholly heard; the pipeline keeps one a chunk and updates it."""

    boundary: Boundary
    """What the chunk ends with."""
    expected_s: float
    """Seconds of audio in total, its pause included; exact once all of it is known."""
    pause_s: float = 0.0
    """How much of `expected_s` is silence that the engine puts before the speech: nobody has to
    synthesise it, and it is time won for the first block."""
    audio_s: float = 0.0
    """Seconds of it in the audio buffer so far, those already heard included."""
    complete: bool = False
    """All of its audio is in the audio buffer; `audio_s` is then its exact duration."""
    stage: SynthesisStage = SynthesisStage.WAITING
    running_since: float = 0.0
    """When the worker took it; of interest while RUNNING."""
    blocks: int = 0
    """Blocks that have come."""
    first_block_at: float = 0.0
    """When the first block came; 0 where that is not known."""
    last_block_at: float = 0.0
    """When the latest block came; of interest while RUNNING with `blocks` > 0."""
    pace: Pace | None = None
    """That of its voice, where it is not the one that the prebuffer was told."""
    let_out: bool = False
    """The gate stands at its end or further on."""


@dataclass(slots=True)
class Outlook:
    """What is known at one moment; the first chunk may be partly heard, `let_out` is a prefix."""

    now: float
    """Seconds on the engine's clock."""
    buffered_s: float = 0.0
    """Audio in the buffer that has not been heard, in playout order, the partly heard chunk's
    rest included."""
    chunks: Sequence[ChunkOutlook] = field(default_factory=tuple[ChunkOutlook, ...])
    """Chunks whose text is known and that are not wholly heard, in playout order: all that have
    audio in the buffer, and of the others as many as one likes (32 past the gate are looked at)."""
    text_ended: bool = False
    """The source has finished: no chunk will follow the known ones."""
    source_stalled_since: float | None = None
    """Since when the source has delivered nothing; None while text comes or where it ended."""
