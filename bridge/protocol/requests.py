"""What a client may ask for. Each has an `id`, which the reply repeats."""

from typing import Annotated

from msgspec import Meta, Struct

from ...core.file_encoding import FileKind
from .audio import MAX_CREDIT_S, MAX_RATE, AudioFormat
from .handshake import EventName
from .message import (
    MAX_CAST,
    CharacterName,
    CueId,
    Message,
    Priority,
    RequestId,
    Text,
    VoiceName,
    Whole,
)

Speed = Annotated[float, Meta(ge=0.5, le=2.0, description="Speaking rate; 1 is the voice's own.")]


class Request(Message, frozen=True, kw_only=True):
    """What all requests have."""

    id: RequestId


class _NewCue(Request, frozen=True, kw_only=True):
    """What `say` and `say_start` have."""

    voice: VoiceName | None = None
    character: CharacterName | None = None
    priority: Priority = Priority.DEMAND
    speed: Speed = 1.0
    cue_id: CueId | None = None


class Say(_NewCue, frozen=True, kw_only=True):
    """Speak a cue. A `cue_id` that is known is not spoken twice: so a cue may be sent again
    whenever its reply was lost."""

    text: Text


class SayStart(_NewCue, frozen=True, kw_only=True):
    """Begin a cue whose text is still being written."""

    text: Text = ""


class SayAppend(Request, frozen=True, kw_only=True):
    """More text of a cue."""

    cue_id: CueId
    text: Text
    start: Annotated[
        Whole | None,
        Meta(
            description="Where in the cue's text this piece begins, in characters (Unicode code "
            "points). What has come before is passed over, so that a piece may be sent again."
        ),
    ] = None


class SayFinish(Request, frozen=True, kw_only=True):
    """The text of a cue is complete."""

    cue_id: CueId


class Pause(Request, frozen=True, kw_only=True):
    """Fade out and keep the place."""


class Resume(Request, frozen=True, kw_only=True):
    """Go on where `pause` left off."""


class Skip(Request, frozen=True, kw_only=True):
    """End the cue that is being heard, or the one named; the next follows."""

    cue_id: CueId | None = None


class Stop(Request, frozen=True, kw_only=True):
    """Fade out and end all cues; a pause ends with them."""


class Clear(Request, frozen=True, kw_only=True):
    """Take back the cues that wait; what is being heard goes on."""


class SetCast(Request, frozen=True, kw_only=True):
    """Who speaks with which voice, from the next cue on; it replaces the cast before it."""

    cast: Annotated[
        dict[CharacterName, VoiceName],
        Meta(max_length=MAX_CAST, description="Voices by character."),
    ]


class SetVolume(Request, frozen=True, kw_only=True):
    """Set the master volume."""

    volume: Annotated[float, Meta(ge=0.0, le=1.0, description="A factor; 0 is mute.")]


class ListVoices(Request, frozen=True, kw_only=True):
    """Ask for the voices there are."""


class GetState(Request, frozen=True, kw_only=True):
    """Ask for the report as it stands now."""


class Subscribe(Request, frozen=True, kw_only=True):
    """Choose the events anew."""

    events: Annotated[
        list[EventName], Meta(max_length=64, description="The events wanted from now on.")
    ]


Credit = Annotated[
    float,
    Meta(
        ge=0,
        le=MAX_CREDIT_S * MAX_RATE,
        multiple_of=1,
        description="How many frames from there on the client takes ahead of time.",
    ),
]


class AudioResumePoint(Struct, frozen=True, kw_only=True):
    """The stream to go on with after a lost connection."""

    stream: Whole
    frame: Annotated[Whole, Meta(description="The position after the last sample received.")]


class AudioStart(Request, frozen=True, kw_only=True):
    """Ask for the sound itself, as binary frames, from what is being heard now on. A stream that
    the session has ends. Nothing is sent without credit."""

    format: AudioFormat
    credit: Credit = 0
    resume: AudioResumePoint | None = None


class AudioStop(Request, frozen=True, kw_only=True):
    """End the sound: no binary frames follow the reply."""


class AudioPosition(Request, frozen=True, kw_only=True):
    """Tell how much of the sound has been played, and give credit. What happens to cues is told
    once it has been played: tell it 20 times a second, and after `audio_cleared`."""

    stream: Whole
    frame: Annotated[
        Whole,
        Meta(description="All before it has been played or dropped; it never goes back."),
    ]
    credit: Credit


class Render(Request, frozen=True, kw_only=True):
    """Make a text into a sound file, beside what is being heard, which goes first. Nothing of it is
    heard; it ends with the connection."""

    text: Text
    voice: VoiceName | None = None
    character: CharacterName | None = None
    speed: Speed = 1.0
    file: Annotated[FileKind, Meta(description="What kind of file.")] = FileKind.OGG


class RenderCancel(Request, frozen=True, kw_only=True):
    """Make no more of a file: nothing of it follows the reply."""

    stream: Annotated[Whole, Meta(description="As `render` was answered.")]


ClientRequest = (
    Say
    | SayStart
    | SayAppend
    | SayFinish
    | Pause
    | Resume
    | Skip
    | Stop
    | Clear
    | SetCast
    | SetVolume
    | ListVoices
    | GetState
    | Subscribe
    | AudioStart
    | AudioStop
    | AudioPosition
    | Render
    | RenderCancel
)
