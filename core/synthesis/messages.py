"""What main and the synthesis worker say to each other. Times are on `core.clock`."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..types import WordTime
from .figures import SynthesisFigures
from .registry import ResolvedVoice
from .synthesizer import Samples, SpeedHint, SynthesisRequest


@dataclass(frozen=True, slots=True)
class LoadVoice:
    """Request: load this voice, the narrator's first. One for each synthesizer."""

    voice: ResolvedVoice
    synthesizer: str = ""
    """What chunks call the synthesizer that is loaded with it; empty is the narrator's."""


@dataclass(frozen=True, slots=True)
class SynthesizeChunk:
    """Request: synthesise a chunk, in the order of arrival."""

    job_id: int
    request: SynthesisRequest
    synthesizer: str = ""
    """One that was loaded; empty is the narrator's."""


@dataclass(frozen=True, slots=True)
class CancelJob:
    """Request: drop a job, running or waiting."""

    job_id: int


@dataclass(frozen=True, slots=True)
class VoiceLoaded:
    """A synthesizer is ready."""

    synthesizer: str
    sample_rate: int
    """Of the blocks that come: the narrator's, whichever the synthesizer is."""
    batch_capacity: int
    speed_hint: SpeedHint | None
    pauses: bool
    loaded_as: str = ""
    """What chunks call it; empty is the narrator's."""


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
    """The voice cannot be loaded; where it is the narrator's, the worker ends."""

    reason: str
    loaded_as: str = ""
    """What chunks would have called it; empty is the narrator's."""


@dataclass(frozen=True, slots=True)
class JobStarted:
    """The synthesizer took the chunk."""

    job_id: int
    at_s: float
    recalled: bool = False
    """It was not made now: it comes from the cache."""


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
