"""May playout go on: the prebuffer's states, and the decision taken at each change.

    IDLE ──fill──> FILLING ──play──> PLAYING <──play── HOLDING
      ^               │                │  └────hold────>  │
      └─── empty ─────┴────── DRAINING <─────drain────────┘

PAUSED is entered from any other state and left to where it came from; `clear` leads to IDLE. The
prebuffer has no clock, no thread and no I/O: the pipeline tells it what is (`Outlook`) and does
what it says (`Decision`).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Literal

from ..errors import ConfigError, StateError
from ..text.pace import Pace
from .prebuffer_outlook import ChunkOutlook, Outlook, SynthesisStage
from .prebuffer_policy import Adaptive, Fixed, Verdict, all_complete, count_let_out, margin_s

if TYPE_CHECKING:
    from ..types import Boundary

__all__ = [
    "ChunkOutlook",
    "Decision",
    "Outlook",
    "Prebuffer",
    "PrebufferEvent",
    "PrebufferState",
    "SynthesisStage",
]


class PrebufferState(StrEnum):
    """What playout is allowed to do."""

    IDLE = "idle"
    """There is nothing to speak."""
    FILLING = "filling"
    """Speech is being made; nothing of it has been let out."""
    PLAYING = "playing"
    """Chunks that were let out are being heard."""
    HOLDING = "holding"
    """Playout waits at a chunk's end, at a pause of the text."""
    PAUSED = "paused"
    """The user wants silence."""
    DRAINING = "draining"
    """All there will be has been made and let out: it is played to its end."""


class PrebufferEvent(StrEnum):
    """What takes the prebuffer from one state to another."""

    FILL = "fill"
    """Text to speak is there."""
    PLAY = "play"
    """A chunk is let out, more is to come."""
    HOLD = "hold"
    """All that was let out has been heard, more is to come."""
    DRAIN = "drain"
    """The last of the speech is let out."""
    EMPTY = "empty"
    """All there is has been heard."""
    PAUSE = "pause"
    RESUME = "resume"
    CLEAR = "clear"
    """What has not been heard is dropped."""


_S, _E = PrebufferState, PrebufferEvent

TRANSITIONS: Final[dict[PrebufferState, dict[PrebufferEvent, PrebufferState]]] = {
    _S.IDLE: {_E.FILL: _S.FILLING, _E.PAUSE: _S.PAUSED, _E.CLEAR: _S.IDLE},
    _S.FILLING: {
        _E.PLAY: _S.PLAYING,
        _E.DRAIN: _S.DRAINING,
        _E.EMPTY: _S.IDLE,
        _E.PAUSE: _S.PAUSED,
        _E.CLEAR: _S.IDLE,
    },
    _S.PLAYING: {
        _E.HOLD: _S.HOLDING,
        _E.DRAIN: _S.DRAINING,
        _E.EMPTY: _S.IDLE,
        _E.PAUSE: _S.PAUSED,
        _E.CLEAR: _S.IDLE,
    },
    _S.HOLDING: {
        _E.PLAY: _S.PLAYING,
        _E.DRAIN: _S.DRAINING,
        _E.EMPTY: _S.IDLE,
        _E.PAUSE: _S.PAUSED,
        _E.CLEAR: _S.IDLE,
    },
    _S.DRAINING: {
        _E.PLAY: _S.PLAYING,
        _E.EMPTY: _S.IDLE,
        _E.PAUSE: _S.PAUSED,
        _E.CLEAR: _S.IDLE,
    },
    # RESUME goes back to the state before the pause, the one transition with a memory; CLEAR
    # empties that memory and stays paused.
    _S.PAUSED: {_E.RESUME: _S.IDLE, _E.CLEAR: _S.PAUSED},
}
"""Which event leads where; what is not in the table is illegal, raises and changes nothing."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the pipeline does now."""

    state: PrebufferState
    let_out: int
    """How many of the outlook's chunks may be played: the gate belongs at the end of the last of
    them, never before where it stands."""
    reevaluate_at: float | None
    """When to call `update` again though nothing happened; None: an event will come."""
    margin_s: float
    """Seconds between the predicted first block of the next chunk to come and the moment it is
    needed, jitter not counted; the audio left to hear where nothing is to come."""


class Prebuffer:
    """Decides how many chunks may be let out to playout.

    Policy `adaptive` starts as early as the zero-gap invariant of the architecture allows, by the
    voice's learned `pace` (assign a new one whenever it was learned), and puts a wait that cannot
    be avoided at a strong pause. Policy `fixed` starts above `start_s` of audio and holds at the
    next boundary at or below `pause_s`. Both let out everything at the end of text.
    """

    def __init__(
        self,
        policy: Literal["adaptive", "fixed"] = "adaptive",
        pace: Pace | None = None,
        *,
        start_s: float = 2.0,
        pause_s: float = 1.5,
        patience_s: float = 4.0,
    ) -> None:
        if policy not in ("adaptive", "fixed"):
            raise ConfigError(f"prebuffer.policy is {policy!r}: choose 'adaptive' or 'fixed'")
        if not 1.5 <= pause_s < start_s <= 3.0:
            raise ConfigError(
                f"prebuffer marks start {start_s} s, pause {pause_s} s: both lie within 1.5 to "
                "3.0 s, start above pause"
            )
        self.pace = pace or Pace()
        self._policy: Literal["adaptive", "fixed"] = policy
        self._fixed = Fixed(start_s, pause_s)
        self._adaptive = Adaptive(patience_s)
        self._state = PrebufferState.IDLE
        self._resumes_to = PrebufferState.IDLE
        self._before: Boundary | None = None  # what the last chunk let out ended with
        self._kept_back_since: float | None = None

    @property
    def state(self) -> PrebufferState:
        return self._state

    @property
    def policy(self) -> str:
        return self._policy

    def should_start_playback(
        self, buffered_s: float, *, text_ended: bool = False, next_chunk_s: float = 5.0
    ) -> bool:
        """Whether so much audio is enough to start, a chunk of `next_chunk_s` being made next.

        `text_ended`: no more will come; then always.
        """
        if self._policy == "fixed":
            return self._fixed.should_start(buffered_s, text_ended=text_ended)
        return text_ended or (buffered_s > 0.0 and buffered_s >= self._needed_s(next_chunk_s))

    def should_pause_playback(
        self, buffered_s: float, *, text_ended: bool = False, next_chunk_s: float = 5.0
    ) -> bool:
        """Whether so little audio is left that playout should hold at the next boundary, a chunk
        of `next_chunk_s` being made next. `text_ended`: no more will come; then never."""
        if self._policy == "fixed":
            return self._fixed.should_pause(buffered_s, text_ended=text_ended)
        return not text_ended and buffered_s < self._needed_s(next_chunk_s)

    def marks(self, next_chunk_s: float = 5.0) -> tuple[float, float]:
        """Seconds of audio at which playout would start now, and below which it would hold at the
        next boundary, a chunk of `next_chunk_s` being made next."""
        if self._policy == "fixed":
            return self._fixed.start_s, self._fixed.pause_s
        needed_s = self._needed_s(next_chunk_s)
        return needed_s, needed_s

    def _needed_s(self, next_chunk_s: float) -> float:
        return self.pace.first_block_s(next_chunk_s) + self.pace.jitter_s

    def update(self, outlook: Outlook) -> Decision:
        """Take a decision; call it when a block, a chunk of text, the end of text or a stall has
        come, when playout has finished a chunk, and at `Decision.reevaluate_at`."""
        already = count_let_out(outlook)
        margin = margin_s(outlook, self.pace)
        if self._state is PrebufferState.PAUSED:
            return Decision(self._state, already, None, margin)
        if self._state is PrebufferState.DRAINING and not already and outlook.chunks:
            self._fire(PrebufferEvent.EMPTY)  # heard to its end, and new text is there already
        if self._state is PrebufferState.IDLE:
            if not outlook.chunks:
                return Decision(self._state, 0, None, margin)
            self._fire(PrebufferEvent.FILL)
        verdict = self._decide(outlook, already)
        self._note_kept_back(outlook, already, verdict)
        if verdict.let_out > already:
            self._before = outlook.chunks[verdict.let_out - 1].boundary
        self._follow(outlook, verdict.let_out)
        return Decision(self._state, verdict.let_out, verdict.reevaluate_at, margin)

    def pause(self) -> None:
        """Playout was paused; nothing more is let out. Raises `StateError` when paused already."""
        self._fire(PrebufferEvent.PAUSE)

    def resume(self) -> None:
        """Playout goes on; call `update` next. Raises `StateError` when not paused."""
        self._fire(PrebufferEvent.RESUME)

    def clear(self) -> None:
        """All that has not been heard was dropped: the next chunk is the start of new speech."""
        self._fire(PrebufferEvent.CLEAR)

    def _decide(self, outlook: Outlook, already: int) -> Verdict:
        if self._policy == "fixed":
            return self._fixed.decide(outlook)
        if all_complete(outlook):
            return Verdict(len(outlook.chunks))
        return self._adaptive.decide(outlook, self.pace, self._before, self._kept_back_since)

    def _note_kept_back(self, outlook: Outlook, already: int, verdict: Verdict) -> None:
        """Remember since when the next chunk was there and playout waited for our word."""
        ready = not already and bool(outlook.chunks) and outlook.chunks[0].audio_s > 0.0
        if not ready or verdict.let_out:
            self._kept_back_since = None
        elif self._kept_back_since is None:
            self._kept_back_since = outlook.now

    def _follow(self, outlook: Outlook, let_out: int) -> None:
        """Bring the state in line with what was decided."""
        state = self._state
        chunks = outlook.chunks
        if not chunks and (outlook.text_ended or state is PrebufferState.DRAINING):
            self._fire(PrebufferEvent.EMPTY)
        elif not let_out:
            if state is PrebufferState.PLAYING:
                self._fire(PrebufferEvent.HOLD)
        elif outlook.text_ended and let_out == len(chunks) and all_complete(outlook):
            if state is not PrebufferState.DRAINING:
                self._fire(PrebufferEvent.DRAIN)
        elif state is not PrebufferState.PLAYING:
            self._fire(PrebufferEvent.PLAY)

    def _fire(self, event: PrebufferEvent) -> None:
        target = TRANSITIONS[self._state].get(event)
        if target is None:
            raise StateError(f"the prebuffer is {self._state}: it cannot {event} now")
        if event is PrebufferEvent.PAUSE:
            self._resumes_to = self._state
        elif event is PrebufferEvent.RESUME:
            target, self._resumes_to = self._resumes_to, PrebufferState.IDLE
            self._kept_back_since = None
        if event in (PrebufferEvent.CLEAR, PrebufferEvent.EMPTY):
            self._before = None
            self._kept_back_since = None
            self._resumes_to = PrebufferState.IDLE
        self._state = target
