"""What has happened, told to the sessions that asked for it."""

from typing import Annotated

from msgspec import Meta

from ...core.types import Outcome
from .message import CueId, Message

Duration = Annotated[float, Meta(ge=0.0, description="Seconds.")]
Offset = Annotated[int, Meta(ge=0, description="Where it begins in the cue's text, in characters.")]
MAX_QUEUED_TEXT = 2_000
"""Characters of a cue's text that `cue_queued` tells; the chunks tell all of it."""


class BridgeEvent(Message, frozen=True, kw_only=True):
    """What all events have."""

    seq: Annotated[
        int, Meta(ge=0, description="Counts the events of the session, from 1 and without holes.")
    ]
    time_s: Annotated[float, Meta(description="When it happened, in seconds of the engine.")]


class CueQueued(BridgeEvent, frozen=True, kw_only=True):
    """A cue was accepted."""

    cue_id: CueId
    text: Annotated[
        str,
        Meta(description="What is known of its text, of a long one the first 2,000 characters."),
    ]


class CuePredicted(BridgeEvent, frozen=True, kw_only=True):
    """When a cue will speak and how long. Told when it is queued, when its text is complete and
    when the cue before it begins; a pause is not counted in."""

    cue_id: CueId
    starts_in_s: Annotated[float, Meta(ge=0.0, description="Seconds from `time_s`.")]
    duration_s: Annotated[float, Meta(ge=0.0, description="Seconds that its text will last.")]


class CueStarted(BridgeEvent, frozen=True, kw_only=True):
    """The first sound of a cue is heard."""

    cue_id: CueId


class ChunkStarted(BridgeEvent, frozen=True, kw_only=True):
    """A stretch of a cue is heard: a subtitle."""

    cue_id: CueId
    text: str
    start: Offset
    duration_s: Duration


class WordStarted(BridgeEvent, frozen=True, kw_only=True):
    """A word is heard."""

    cue_id: CueId
    word: str
    start: Offset
    duration_s: Duration


class CueFinished(BridgeEvent, frozen=True, kw_only=True):
    """A cue has ended; each does so once."""

    cue_id: CueId
    outcome: Outcome
    error: Annotated[str | None, Meta(description="Why it failed.")] = None


class StateChanged(BridgeEvent, frozen=True, kw_only=True):
    """The transport went from one state to another."""

    state: Annotated[str, Meta(description="idle, filling, playing, holding, paused or draining.")]


class Underrun(BridgeEvent, frozen=True, kw_only=True):
    """Silence was put inside speech."""

    duration_s: Duration


class Hold(BridgeEvent, frozen=True, kw_only=True):
    """A wait was placed at a pause of the text."""

    duration_s: Duration


class BufferLevel(BridgeEvent, frozen=True, kw_only=True):
    """How much audio is ready; ten times a second."""

    buffered_s: Duration


class AudioLevel(BridgeEvent, frozen=True, kw_only=True):
    """How loud it is where the output is, before the master volume; twenty times a second while
    something is heard."""

    peak: Annotated[float, Meta(ge=0.0, le=1.0, description="Full scale is 1.")]
    rms: Annotated[float, Meta(ge=0.0, le=1.0, description="The root mean square.")]


class AudioCleared(BridgeEvent, frozen=True, kw_only=True):
    """Sound that was sent ahead is not to be played: a cue was skipped, stopped or interrupted.
    Told to those with a stream, whatever they subscribed to."""

    stream: int
    from_frame: Annotated[int, Meta(ge=0, description="Drop what you have from here on,")]
    to_frame: Annotated[
        int, Meta(ge=0, description="up to before this one: here the sound goes on.")
    ]


class AudioLost(BridgeEvent, frozen=True, kw_only=True):
    """The stream fell so far behind that sound is gone. Told like `audio_cleared`."""

    stream: int
    frame: Annotated[int, Meta(ge=0, description="Before this one")]
    frames: Annotated[int, Meta(ge=0, description="so many frames are missing.")]


Event = (
    CueQueued
    | CuePredicted
    | CueStarted
    | ChunkStarted
    | WordStarted
    | CueFinished
    | StateChanged
    | Underrun
    | Hold
    | BufferLevel
    | AudioLevel
    | AudioCleared
    | AudioLost
)
