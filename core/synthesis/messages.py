"""What main and the synthesis worker say to each other. Times are on `core.clock`."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..types import WordTime
from .figures import SynthesisFigures
from .registry import ResolvedVoice
from .synthesizer import Samples, SpeedHint, SynthesisRequest


@dataclass(frozen=True, slots=True)
class LoadVoice:
    """Request, first and once: load this voice."""

    voice: ResolvedVoice


@dataclass(frozen=True, slots=True)
class SynthesizeChunk:
    """Request: synthesise a chunk, in the order of arrival."""

    job_id: int
    request: SynthesisRequest


@dataclass(frozen=True, slots=True)
class CancelJob:
    """Request: drop a job, running or waiting."""

    job_id: int


@dataclass(frozen=True, slots=True)
class VoiceLoaded:
    """The worker is ready."""

    synthesizer: str
    sample_rate: int
    batch_capacity: int
    speed_hint: SpeedHint | None
    pauses: bool


@dataclass(frozen=True, slots=True)
class SynthesizerCounted:
    """What the synthesizer noticed about its own work since it told last, by name."""

    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class SynthesizerMeasured:
    """What the synthesizer measured of its own work since it was loaded."""

    figures: SynthesisFigures


@dataclass(frozen=True, slots=True)
class VoiceFailed:
    """The voice cannot be loaded; the worker ends."""

    reason: str


@dataclass(frozen=True, slots=True)
class JobStarted:
    """The synthesizer took the chunk."""

    job_id: int
    at_s: float


@dataclass(frozen=True, slots=True)
class BlockMade:
    """A block of a chunk, in order."""

    job_id: int
    samples: Samples
    words: tuple[WordTime, ...]
    at_s: float


@dataclass(frozen=True, slots=True)
class JobFinished:
    """A chunk is complete, failed (with its reason) or cancelled."""

    job_id: int
    at_s: float
    reason: str | None = None
