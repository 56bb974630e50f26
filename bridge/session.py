"""A session: what is kept of a client while connections come and go. Plain."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from .channel import Channel
from .event_log import EventLog
from .limits import Limits
from .protocol import HIGH_RATE, ORDINARY, STREAM, EventFrame, EventName
from .sent_audio import SentAudio
from .sent_render import SentRender


class Sink(Protocol):
    """The connection that a session speaks through."""

    @property
    def congested(self) -> bool:
        """The client does not keep up with what it is sent."""
        ...

    def events_wait(self, *, at_once: bool = False) -> None:
        """There are events in the log that were not sent; `at_once`, or with those that follow."""
        ...

    def send(self, frame: str) -> None:
        """Send something that is no event."""
        ...

    def send_bytes(self, frame: bytes) -> None:
        """Send a binary frame."""
        ...

    def taken_over(self) -> None:
        """Another connection goes on with the session."""
        ...


@dataclass(slots=True)
class OwnCue:
    """A cue that the session brought and that has not ended."""

    characters: int = 0
    open_since: float | None = None
    """When text of it came last, where its text is not complete."""


@dataclass(eq=False)
class Session:
    """One client: its subscriptions, what it was told, and its cues."""

    session_id: str
    limits: Limits
    channel: Channel
    """What it speaks on, and hears of."""
    events: frozenset[EventName] = ORDINARY
    log: EventLog = field(init=False)
    sink: Sink | None = None
    """None while it waits to be resumed."""
    detached_at_s: float = 0.0
    cues: dict[str, OwnCue] = field(default_factory=dict[str, OwnCue])
    audio: SentAudio | None = None
    """The sound that it gets, where it asked for it."""
    streams: int = 0
    """How often it asked, for a stream or for a file."""
    renders: dict[int, SentRender] = field(default_factory=dict[int, SentRender])
    """The files that are being made for its connection, by their numbers."""
    client: str = ""
    """As it called itself."""
    since_s: float = 0.0
    requests: int = 0

    def __post_init__(self) -> None:
        self.log = EventLog(self.limits.kept_events, self.limits.kept_s)

    def subscribe(self, events: Collection[EventName]) -> None:
        """Choose the events anew."""
        self.events = frozenset(events)

    def publish(
        self, name: EventName, frame: EventFrame, now: float, *, at_once: bool = False
    ) -> None:
        """Tell of an event, where it was asked for. High-rate ones are left out, not numbered,
        where nobody could read them in time."""
        if name not in self.events and name not in STREAM:
            return
        if name in HIGH_RATE and (self.sink is None or self.sink.congested):
            return
        self.log.append(frame, now)
        if self.sink is not None:
            self.sink.events_wait(at_once=at_once)

    def lose_connection(self) -> None:
        """It is gone: what it was sent and had not received yet never came. A stream may be
        resumed, files are not."""
        for render in self.renders.values():
            render.cancel()
        self.renders.clear()
        if self.audio is not None:
            self.audio.lost = True

    @property
    def queued_characters(self) -> int:
        """Text of its cues that have not ended."""
        return sum(cue.characters for cue in self.cues.values())

    def stalled_cues(self, now: float) -> list[str]:
        """Cues whose text has stalled for longer than others can be asked to wait."""
        limit_s = self.limits.abandoned_cue_s if self.sink is None else self.limits.open_cue_s
        return [
            cue_id
            for cue_id, cue in self.cues.items()
            if cue.open_since is not None and now - self._waits_since(cue.open_since) >= limit_s
        ]

    def _waits_since(self, open_since: float) -> float:
        return open_since if self.sink is not None else max(open_since, self.detached_at_s)


class SessionStore:
    """All sessions. Those that wait to be resumed are kept for `kept_s`, at most as many as may
    be connected: of more, the ones that have waited longest go."""

    def __init__(
        self,
        limits: Limits,
        random_bytes: Callable[[int], bytes],
        on_end: Callable[[Session], None] = lambda _: None,
    ) -> None:
        """`on_end` is told of each session that will not be resumed."""
        self._limits = limits
        self._random_bytes = random_bytes
        self._on_end = on_end
        self._sessions: dict[str, Session] = {}

    def __iter__(self) -> Iterator[Session]:
        return iter(self._sessions.values())

    def __len__(self) -> int:
        return len(self._sessions)

    def open(self, events: Collection[EventName] | None, channel: Channel) -> Session:
        """Make a session; its name cannot be guessed, as it lets its holder resume."""
        session = Session(self._random_bytes(16).hex(), self._limits, channel)
        if events is not None:
            session.subscribe(events)
        self._sessions[session.session_id] = session
        return session

    def resume(self, session_id: str, last_seq: int, now: float) -> Session | None:
        """The session to go on with; None where it is gone, or where events after `last_seq` are.
        A connection that still has it loses it."""
        session = self._sessions.get(session_id)
        if session is None or not session.log.reaches(last_seq, now):
            return None
        session.lose_connection()
        session.detached_at_s = now
        sink, session.sink = session.sink, None
        if sink is not None:
            sink.taken_over()
        return session

    def detach(self, session: Session, now: float) -> None:
        """Its connection is lost: it waits to be resumed."""
        session.sink = None
        session.lose_connection()
        session.detached_at_s = now
        # Behind all others: what has waited longest stands first.
        self._sessions[session.session_id] = self._sessions.pop(session.session_id)
        waiting = [s for s in self if s.sink is None]
        for old in waiting[: max(len(waiting) - self._limits.sessions, 0)]:
            self.end(old)

    def expire(self, now: float) -> None:
        """Let go of those that nobody came back to."""
        for session in list(self):
            if session.sink is None and now - session.detached_at_s >= self._limits.kept_s:
                self.end(session)

    def end(self, session: Session) -> None:
        """Let go of a session that waits: it cannot be resumed any more."""
        del self._sessions[session.session_id]
        self._on_end(session)
