"""The engine's events as the protocol tells them. Plain."""

from ..core import events as core
from .protocol import EventName
from .protocol.events import (
    MAX_QUEUED_TEXT,
    BridgeEvent,
    ChunkStarted,
    CueFinished,
    CueQueued,
    CueStarted,
    Hold,
    StateChanged,
    Underrun,
    WordStarted,
)


def translate(event: core.Event, error: str | None = None) -> BridgeEvent | None:
    """What clients are told of an event, its `seq` still 0; None where they are not. `error` is
    why the cue that the event ends has failed."""
    at = event.time_s
    match event:
        case core.CueQueued(_, cue_id, text):
            return CueQueued(seq=0, time_s=at, cue_id=cue_id, text=text[:MAX_QUEUED_TEXT])
        case core.CueStarted(_, cue_id):
            return CueStarted(seq=0, time_s=at, cue_id=cue_id)
        case core.ChunkStarted(_, cue_id, text, start, duration_s):
            return ChunkStarted(
                seq=0, time_s=at, cue_id=cue_id, text=text, start=start, duration_s=duration_s
            )
        case core.WordStarted(_, cue_id, word, start, duration_s):
            return WordStarted(
                seq=0, time_s=at, cue_id=cue_id, word=word, start=start, duration_s=duration_s
            )
        case core.CueFinished(_, cue_id, outcome):
            return CueFinished(seq=0, time_s=at, cue_id=cue_id, outcome=outcome, error=error)
        case core.StateChanged(_, state):
            return StateChanged(seq=0, time_s=at, state=state)
        case core.UnderrunOccurred(_, duration_s):
            return Underrun(seq=0, time_s=at, duration_s=duration_s)
        case core.HoldEnded(_, duration_s):
            return Hold(seq=0, time_s=at, duration_s=duration_s)
        case _:
            return None


def name_of(event: BridgeEvent) -> EventName:
    """What a client subscribes to for it."""
    return EventName(type(event).__struct_config__.tag)
