"""Facts about the narration, told upwards and never awaited. Times are seconds since the engine
started, on one monotonic clock."""

from dataclasses import dataclass

from .synthesis.figures import SynthesisFigures
from .types import Outcome


@dataclass(frozen=True, slots=True)
class Event:
    """Something that has happened."""

    time_s: float


@dataclass(frozen=True, slots=True)
class CueQueued(Event):
    """A cue was accepted."""

    cue_id: str
    text: str
    """What is known of its text so far."""


@dataclass(frozen=True, slots=True)
class CueStarted(Event):
    """The first voiced frame of a cue left the device."""

    cue_id: str


@dataclass(frozen=True, slots=True)
class ChunkStarted(Event):
    """The first frame of a chunk left the device."""

    cue_id: str
    text: str
    start: int
    """Offset of the chunk in the cue's text, in characters."""
    duration_s: float
    audio_s: float = 0.0
    """Seconds of the session's audio before it, where pauses of the user's do not count."""


@dataclass(frozen=True, slots=True)
class WordStarted(Event):
    """A word is being heard."""

    cue_id: str
    word: str
    start: int
    """Offset of the word in the cue's text, in characters."""
    duration_s: float
    audio_s: float = 0.0
    """As in `ChunkStarted`."""


@dataclass(frozen=True, slots=True)
class ChunkFailed(Event):
    """A chunk could not be synthesised and is left out."""

    cue_id: str
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class CueFinished(Event):
    """A cue has ended; each does so exactly once."""

    cue_id: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class StateChanged(Event):
    """The transport went from one state to another."""

    state: str
    """One of the values of `PrebufferState`."""


@dataclass(frozen=True, slots=True)
class UnderrunOccurred(Event):
    """Silence was put inside speech, counted at the device."""

    duration_s: float


@dataclass(frozen=True, slots=True)
class HoldEnded(Event):
    """A wait was placed at a pause of the text."""

    duration_s: float


@dataclass(frozen=True, slots=True)
class ProcessRestarted(Event):
    """A child process died and was started again; nothing is lost by it."""

    process: str
    """``synthesis`` or ``playout``."""


@dataclass(frozen=True, slots=True)
class CharacterMet(Event):
    """A character speaks that the cast does not know; told once of each."""

    notice: str
    """Who it is, with which voice it speaks and what can be done, in one line."""


@dataclass(frozen=True, slots=True)
class VoiceReplaced(Event):
    """A voice could not be loaded: what it should speak is spoken by the narrator's."""

    voice: str
    """Its spec."""
    reason: str


@dataclass(frozen=True, slots=True)
class OutputLost(Event):
    """The device went away; narration goes on from the last frame heard when it is back."""

    reason: str


@dataclass(frozen=True, slots=True)
class OutputOpened(Event):
    """A device was opened, at the start or again."""

    output: str
    sample_rate: int


@dataclass(frozen=True, slots=True)
class AmbienceFailed(Event):
    """The ambience that was asked for is not heard; the voice is not touched by it."""

    reason: str
    """What failed, why and what can be done, in one line."""


@dataclass(frozen=True, slots=True)
class SynthesisMeasured(Event):
    """What the synthesizer measured of its own work, at most once a second."""

    figures: SynthesisFigures
