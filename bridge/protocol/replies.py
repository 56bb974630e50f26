"""What a request is answered with: `ok`, with what was asked for, or `error`."""

from typing import Annotated, Any

from msgspec import Meta, Struct

from .handshake import EventName
from .message import CueId, Message, RequestId


class Ok(Message, tag="ok", frozen=True, kw_only=True):
    """It was done."""

    id: RequestId


class CueOk(Ok, tag="ok", frozen=True, kw_only=True):
    """The reply to `say`, `say_start`, `say_append` and `say_finish`."""

    cue_id: CueId
    received: Annotated[int, Meta(description="Characters of the cue's text that have come.")]
    known: Annotated[
        bool, Meta(description="The cue was there already and is not spoken again.")
    ] = False


class VoiceRow(Struct, frozen=True, kw_only=True):
    """A voice."""

    voice: Annotated[str, Meta(description="What selects it: SYNTHESIZER:NAME.")]
    name: str
    synthesizer: str
    languages: Annotated[list[str], Meta(description="BCP 47, the voice's own first.")]
    licence: str
    description: str
    available: Annotated[bool, Meta(description="Whether a cue can be spoken with it now.")]


class VoicesOk(Ok, tag="ok", frozen=True, kw_only=True):
    """The reply to `list_voices`."""

    voices: list[VoiceRow]


class SubscribeOk(Ok, tag="ok", frozen=True, kw_only=True):
    """The reply to `subscribe`."""

    events: list[EventName]


class AudioOk(Ok, tag="ok", frozen=True, kw_only=True):
    """The reply to `audio_start`."""

    stream: Annotated[int, Meta(description="Names the stream in the binary frames.")]
    frame: Annotated[int, Meta(description="The position of the first sample that will come.")]
    resumed: Annotated[
        bool, Meta(description="It goes on with the sound that the client had not received.")
    ] = False


class RenderOk(Ok, tag="ok", frozen=True, kw_only=True):
    """The reply to `render`. Then the file follows, and `render_finished`."""

    stream: Annotated[int, Meta(description="Names the file in the binary frames.")]


class StateOk(Ok, tag="ok", frozen=True, kw_only=True):
    """The reply to `get_state`: the report of `--report`, and how things stand. `cue_list` has
    the last 50 cues, each text cut to 200 characters."""

    time_s: Annotated[float, Meta(description="Now, on the clock of the events.")]
    transport_state: Annotated[str, Meta(description="As in `state_changed`.")]
    buffered_s: Annotated[float, Meta(description="Seconds of audio ready and not heard.")]
    waiting: Annotated[int, Meta(description="Cues that have not ended.")]
    start_mark_s: Annotated[
        float, Meta(description="Seconds of audio ready at which playout starts by now,")
    ] = 0.0
    pause_mark_s: Annotated[
        float, Meta(description="and below which it holds at the next pause of the text.")
    ] = 0.0
    margin_s: Annotated[
        float, Meta(description="Seconds ready, less the next chunk's predicted synthesis.")
    ] = 0.0
    report_version: int
    synthesizer: str
    voice: str
    output: str
    sample_rate: int
    profile: str
    prebuffer: str
    time_to_first_audio_s: float | None
    first_audio: dict[str, float] | None
    audio_s: float
    synthesis_s: float
    real_time_factor: float | None
    chunks: int
    cues: int
    underruns: int
    underrun_s: float
    holds: int
    hold_s: float
    device_underflows: int
    margin_min_s: float | None
    restarts: dict[str, int]
    cue_list: list[dict[str, Any]]
    cues_left_out: Annotated[int, Meta(description="Cues that `cue_list` does not have.")] = 0


class Error(Message, frozen=True, kw_only=True):
    """It was not done. Without a request, `id` is empty."""

    id: str
    code: Annotated[int, Meta(description="One of the error codes.")]
    text: Annotated[str, Meta(description="What is wrong and what to do, in one line.")]


Reply = Ok | CueOk | VoicesOk | SubscribeOk | AudioOk | RenderOk | StateOk | Error
