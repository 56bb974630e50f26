"""What the engine tells, as lines for whoever runs it without a console. Plain."""

import logging
from dataclasses import asdict, dataclass
from typing import Any

from ..core import events as e
from ..core.cue import Cue
from ..core.types import Outcome

_SHOWN = 200
"""Characters of a cue's text in a line; the bridge and the journal have all of it."""


@dataclass(frozen=True, slots=True)
class EventLine:
    """One line of the log."""

    event: str
    """Its name, as on the bridge where it has one there."""
    label: str
    """Its name for people, in one word."""
    text: str
    level: int
    fields: dict[str, Any]
    """What programs read; times and durations are seconds."""


class EventLines:
    """Makes lines of events. With `failures_last` a cue that failed is information only: all of
    them are told once the narration has ended."""

    def __init__(self, *, failures_last: bool = False) -> None:
        self._failed_level = logging.INFO if failures_last else logging.WARNING
        self._output_lost = False

    def take(self, event: e.Event, cue: Cue | None) -> EventLine | None:
        """The line for an event; None for what happens all the time, and for what was told
        already. `cue` is the one it is about."""
        match event:
            case e.OutputLost():
                told, self._output_lost = self._output_lost, True
                return None if told else _rare(event)
            case e.OutputOpened() if self._output_lost:
                self._output_lost = False
                text = "the output is back; going on where it stopped"
                return _line(event, "output_opened", "output", text, logging.WARNING)
            case e.CueFinished(cue_id=cue_id, outcome=Outcome.FAILED):
                return _failed(event, cue_id, cue, self._failed_level)
            case _:
                return _line_of(event, cue)


def _line_of(event: e.Event, cue: Cue | None) -> EventLine | None:
    match event:
        case e.CueQueued(cue_id=cue_id):
            return _of_cue(event, "cue_queued", "queued", cue_id, cue)
        case e.CueStarted(cue_id=cue_id):
            return _of_cue(event, "cue_started", "speaking", cue_id, cue)
        case e.CueFinished(cue_id=cue_id, outcome=outcome):
            return _finished(event, cue_id, outcome, cue)
        case e.UnderrunOccurred(duration_s=duration_s):
            text = f"an underrun: {duration_s:.2f} s of silence inside speech"
            return _line(event, "underrun", "underrun", text, logging.WARNING)
        case e.HoldEnded(duration_s=duration_s):
            return _line(
                event, "hold", "hold", f"waited at a pause of the text, {duration_s:.2f} s"
            )
        case e.StateChanged(state=state):
            return _line(event, "state_changed", "transport", state, logging.DEBUG)
        case e.ChunkStarted(text=text):
            return _line(event, "chunk_started", "chunk", _short(text), logging.DEBUG)
        case _:
            return _rare(event)


def _rare(event: e.Event) -> EventLine | None:
    """Processes, voices and the output."""
    warning = logging.WARNING
    match event:
        case e.ChunkFailed(text=text, reason=reason):
            return _line(event, "chunk_failed", "left out", f"{_short(text)}: {reason}", warning)
        case e.ProcessRestarted(process=process):
            text = f"the {process} process was started again; nothing is lost"
            return _line(event, "process_restarted", "restarted", text, warning)
        case e.OutputLost(reason=reason):
            text = f"the output is gone ({reason}); waiting for it to come back"
            return _line(event, "output_lost", "no output", text, warning)
        case e.OutputOpened(output=output, sample_rate=rate):
            return _line(event, "output_opened", "output", f"{output}, {rate / 1000:g} kHz")
        case e.AmbienceFailed(reason=reason):
            return _line(event, "ambience_failed", "ambience", reason, warning)
        case e.CharacterMet(notice=notice):
            return _line(event, "character_met", "new voice", notice, warning)
        case e.VoiceReplaced(voice=voice, reason=reason):
            text = f"{reason}; the narrator's voice speaks for {voice}"
            return _line(event, "voice_replaced", "no voice", text, warning)
        case _:
            return None


def _line(event: e.Event, name: str, label: str, text: str, level: int = logging.INFO) -> EventLine:
    return EventLine(name, label, text, level, asdict(event))


def _of_cue(event: e.Event, name: str, label: str, cue_id: str, cue: Cue | None) -> EventLine:
    fields: dict[str, Any] = {"time_s": event.time_s, "cue_id": cue_id}
    if cue is None:
        return EventLine(name, label, cue_id, logging.INFO, fields)
    text = _short(cue.text)
    fields |= {"text": text, "character": cue.character, "voice": cue.voice}
    spoken = f"[{cue.character}] {text}" if cue.character else text
    return EventLine(name, label, spoken or f"cue {cue_id}", logging.INFO, fields)


def _finished(event: e.Event, cue_id: str, outcome: Outcome, cue: Cue | None) -> EventLine:
    line = _of_cue(event, "cue_finished", outcome.value, cue_id, cue)
    line.fields["outcome"] = outcome.value
    if cue is not None:
        line.fields["audio_s"] = round(cue.audio_s, 3)
    return line


def _failed(event: e.Event, cue_id: str, cue: Cue | None, level: int) -> EventLine:
    line = _finished(event, cue_id, Outcome.FAILED, cue)
    error = cue.error if cue is not None else None
    line.fields["error"] = error
    return EventLine(line.event, line.label, error or "a cue failed", level, line.fields)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} ..."
