"""The small values that pass between stages. One word, one meaning: docs/glossary.md."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """Shape of float32 PCM: samples lie in -1..1, channels are interleaved."""

    sample_rate: int = 24_000
    """Frames per second."""
    channels: int = 1


class Priority(IntEnum):
    """Urgency of work; the lower value goes first."""

    INTERRUPT = 0
    """A cue that cuts in: what is being spoken gives way."""
    DEMAND = 1
    """A cue that is spoken when its turn comes."""
    PREFETCH = 2
    """Work for later; it never delays the other two."""


class Outcome(StrEnum):
    """How a cue ended; each cue ends exactly once."""

    FINISHED = "finished"
    SKIPPED = "skipped"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


class Boundary(IntEnum):
    """What a chunk ends with, weakest first: a stronger one bears a longer pause."""

    WORD = 0
    """A word boundary: the last resort, no pause."""
    CONJUNCTION = 1
    """Before a conjunction ("and", "but", "until")."""
    BRACKET = 2
    """A closing bracket or quote inside a sentence."""
    COMMA = 3
    DASH = 4
    COLON = 5
    SEMICOLON = 6
    SENTENCE = 7
    """A sentence end, with its closing quotes."""
    PARAGRAPH = 8
    """A paragraph end, or the end of the utterance."""


class SpokenForm(StrEnum):
    """What a synthesizer is to be given for a text."""

    WRITTEN = "written"
    """The text as written."""
    WORDS = "words"
    """Numbers and the like in words, names by their respellings."""
    PHONEMES = "phonemes"
    """The same, and names whose IPA is known in the synthesizer's own inline form."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of text that is synthesised in one go."""

    text: str
    """The text as written, whitespace included: joined chunks equal the input."""
    boundary: Boundary
    start: int = 0
    """Offset of ``text`` in the utterance, in characters."""
    estimated_s: float = 0.0
    """Predicted duration of the speech, in seconds."""


@dataclass(frozen=True, slots=True)
class WordTime:
    """When a word of a chunk is heard."""

    start: int
    """Offset of the word in the chunk's text as given to the synthesizer, in characters."""
    end: int
    """Offset just past the word, in characters."""
    start_s: float
    """Seconds from the chunk's first frame."""
    end_s: float
    """Seconds from the chunk's first frame."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice that can be chosen by name."""

    synthesizer: str
    name: str
    languages: tuple[str, ...] = ("en",)
    """BCP 47 tags, the first the voice's own."""
    licence: str = ""
    """SPDX expression, or the name of the licence, of the voice's weights."""
    source: str = ""
    """Where the voice comes from."""
    description: str = ""

    @property
    def spec(self) -> str:
        """The name that selects exactly this voice: ``SYNTHESIZER:NAME``."""
        return f"{self.synthesizer}:{self.name}"
