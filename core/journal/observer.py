"""What the record says of a narration, from its events. Plain: rows out, clocks given."""

from collections.abc import Callable
from dataclasses import dataclass, field

from ..cue import Cue
from ..events import (
    ChunkStarted,
    CueFinished,
    CueQueued,
    CueStarted,
    Event,
    StateChanged,
    WordStarted,
)
from ..types import Outcome
from .rows import ChunkRow, CueRow, Row, TextRow, WordRow


@dataclass(slots=True)
class _Noted:
    """A cue, and what has been recorded of it."""

    cue: Cue
    number: int
    heard: int
    queued_at: float
    text_end: int = 0
    started_at: float | None = None
    finished_at: float | None = None
    speaking: tuple[int, float] | None = None
    """The end of the word that is being heard, and when it will have been."""
    outcome: Outcome | None = None
    heard_more: bool = False
    """`heard` has grown and was not recorded yet."""


@dataclass(slots=True)
class SessionObserver:
    """Follows one narration. Call `take` with each event, and `tick` every 0.2 s: a word counts as
    heard once it has been spoken to its end."""

    session: str
    find: Callable[[str], Cue | None]
    """The cue of an id."""
    put: Callable[[Row], None]
    wall_s: Callable[[], float]
    """The wall clock."""
    closing: Callable[[], bool] = lambda: False
    """Whether the narrator is being closed: what ends then was not skipped by anybody."""
    next_number: int = 0
    """That of the first cue."""
    _open: dict[str, _Noted] = field(default_factory=dict[str, _Noted])
    _growing: dict[str, _Noted] = field(default_factory=dict[str, _Noted])
    """Those of which more text may come. They are looked at, for they are few, and an event for
    each piece of a stream would cost all subscribers more."""
    _speaking: dict[str, _Noted] = field(default_factory=dict[str, _Noted])
    """Those of which words are being heard."""
    _paused: bool = False

    def take(self, event: Event) -> None:
        """Something has happened."""
        match event:
            case CueQueued():
                self._queued(event.cue_id)
            case CueStarted():
                if event.cue_id not in self._open:
                    self._queued(event.cue_id)  # that event was dropped: we were too slow
                if (noted := self._open.get(event.cue_id)) is not None:
                    noted.started_at = self.wall_s()
                    self._save(noted)
            case ChunkStarted():
                if (noted := self._open.get(event.cue_id)) is not None:
                    self._chunk(noted, event)
            case WordStarted():
                if (noted := self._open.get(event.cue_id)) is not None:
                    self._word(noted, event)
            case CueFinished():
                if (noted := self._open.get(event.cue_id)) is not None:
                    self._finished(noted)
            case StateChanged():
                self._paused = event.state == "paused"
            case _:
                pass

    def tick(self, now_s: float) -> None:
        """So late it is now, on the clock of the events."""
        for noted in list(self._growing.values()):
            self._save_text(noted)
        for noted in list(self._speaking.values()):
            if noted.speaking is not None and not self._paused and noted.speaking[1] <= now_s:
                self._word_ended(noted)
            if noted.heard_more:  # not with each word: a file is written at 1,000 times their pace
                noted.heard_more = False
                self._save(noted)
            if noted.speaking is None:
                del self._speaking[noted.cue.cue_id]

    def catch_up(self) -> None:
        """Events were dropped, or no more will come: what has ended has ended."""
        for noted in list(self._open.values()):
            if noted.cue.outcome is not None:
                self._finished(noted)

    def _queued(self, cue_id: str) -> None:
        cue = self.find(cue_id)
        if cue is None:
            return
        noted = _Noted(cue, self.next_number, cue.begin, self.wall_s())
        self.next_number += 1
        self._open[cue_id] = self._growing[cue_id] = noted
        self._save(noted)
        self._save_text(noted)

    def _chunk(self, noted: _Noted, event: ChunkStarted) -> None:
        self._save_text(noted)
        self.put(
            ChunkRow(
                self.session,
                noted.number,
                event.start,
                event.text,
                event.audio_s,
                event.duration_s,
            )
        )

    def _word(self, noted: _Noted, event: WordStarted) -> None:
        self._word_ended(noted)
        self._speaking[noted.cue.cue_id] = noted
        noted.speaking = (event.start + len(event.word), event.time_s + event.duration_s)
        self.put(
            WordRow(
                self.session,
                noted.number,
                event.start,
                event.word,
                event.audio_s,
                event.duration_s,
            )
        )

    def _word_ended(self, noted: _Noted) -> None:
        if noted.speaking is not None:
            noted.heard = max(noted.heard, noted.speaking[0])
            noted.speaking = None
            noted.heard_more = True

    def _finished(self, noted: _Noted) -> None:
        self._save_text(noted)
        for cues in (self._open, self._growing, self._speaking):
            cues.pop(noted.cue.cue_id, None)
        noted.finished_at = self.wall_s()
        noted.outcome = noted.cue.outcome
        if noted.outcome is Outcome.SKIPPED and self.closing():
            noted.outcome = Outcome.INTERRUPTED  # it is still to be spoken, by who resumes
        if noted.cue.outcome is Outcome.FINISHED:
            noted.heard = noted.text_end
        self._save(noted)

    def _save_text(self, noted: _Noted) -> None:
        text = noted.cue.text
        if len(text) > noted.text_end:
            rest = text[noted.text_end :]
            self.put(TextRow(self.session, noted.number, noted.text_end, rest))
            noted.text_end = len(text)
        if noted.cue.complete:
            self._growing.pop(noted.cue.cue_id, None)

    def _save(self, noted: _Noted) -> None:
        cue = noted.cue
        self.put(
            CueRow(
                self.session,
                noted.number,
                cue.cue_id,
                cue.voice,
                cue.character,
                cue.language,
                cue.speed,
                cue.begin,
                noted.heard,
                noted.queued_at,
                cue.queued_s,
                noted.started_at,
                cue.started_s,
                noted.finished_at,
                cue.finished_s,
                noted.outcome,
                cue.error,
            )
        )
