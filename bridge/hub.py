"""The hub: all sessions, and the channels that they speak on. It tells each session what happens on
its channel, and keeps the account of whose cue is whose. Plain: the clock is an argument."""

import contextlib
from collections.abc import Callable
from math import isfinite
from typing import TYPE_CHECKING

from ..core import events as core
from ..core.audio_feed import AudioFeed
from ..core.cue import Cue
from ..core.errors import SkaldcastError
from .channel import Channel, ChannelRefusedError
from .limits import Limits
from .protocol import CloseCode, Error, ErrorCode, EventName, Policy, encode, encode_event
from .protocol.audio import AudioFormat
from .protocol.events import (
    AudioLevel,
    BridgeEvent,
    BufferLevel,
    ChunkStarted,
    CueFinished,
    CuePredicted,
    CueStarted,
    WordStarted,
)
from .sent_audio import SentAudio
from .session import OwnCue, Session, SessionStore
from .speaker import Speaker
from .translation import name_of, translate

if TYPE_CHECKING:
    from .watching import Watcher

_HEARD = (CueStarted, ChunkStarted, WordStarted, CueFinished)
"""What a session with a stream is told once it has played the sound."""


_FRAMES_AT_ONCE = 16
"""Binary frames sent until others have their turn: the largest took 0.3 to 0.6 ms each on a busy
machine."""


class Hub:
    """What the connections share."""

    def __init__(
        self,
        speaker: Speaker,
        random_bytes: Callable[[int], bytes],
        *,
        password: str = "",
        server: str = "skaldcast",
        limits: Limits | None = None,
    ) -> None:
        self.shared = Channel(speaker)
        """What all sessions speak on that have no channel of their own."""
        self.random_bytes = random_bytes
        self.password = password
        self.server = server
        self.limits = limits or Limits()
        self.sessions = SessionStore(self.limits, random_bytes, self._session_ended)
        self.failure: str | None = None
        """Why the narration cannot go on."""
        self.ending = False
        """No more cues are taken."""
        self.watcher: Watcher | None = None
        """Who is told of what is said, while somebody looks."""
        self._own: list[Channel] = []
        self._open_channel: Callable[[], Channel] | None = None
        self._turn = 0  # whose turn it is to be sent sound
        self._to_predict: list[tuple[Channel, Cue]] = []

    # channels

    def offer_channels(self, open_channel: Callable[[], Channel]) -> None:
        """Sessions may have channels of their own, as many as the limits allow."""
        self._open_channel = open_channel

    def features(self) -> list[str]:
        """What `hello` tells beside what all servers can."""
        has = {"audio": self.shared.feed is not None, "channels": self._may_open is not None}
        return [name for name, there in has.items() if there]

    @property
    def _may_open(self) -> Callable[[], Channel] | None:
        return self._open_channel if self.limits.channels else None

    def channel_for(self, policy: Policy, now: float) -> Channel:
        """What a new session will speak on; raises `ChannelRefusedError`."""
        if policy is Policy.QUEUE:
            return self.shared
        if (open_channel := self._may_open) is None:
            raise ChannelRefusedError(
                CloseCode.NOT_UNDERSTOOD,
                "identify.policy: there are no channels here (bridge.channels): send queue",
            )
        if len(self._own) >= self.limits.channels:
            self._let_one_go(now)
        if len(self._own) >= self.limits.channels:
            raise ChannelRefusedError(
                CloseCode.NO_CHANNEL,
                f"{self.limits.channels} sessions have channels, which bridge.channels allows: "
                "try later, or send queue",
            )
        try:
            channel = open_channel()
        except SkaldcastError as error:
            raise ChannelRefusedError(CloseCode.NO_CHANNEL, str(error)) from error
        self._own.append(channel)
        return channel

    def _let_one_go(self, now: float) -> None:
        """End the session with a channel that has waited longest to be resumed, where it has
        waited so long that its sound is not kept any more."""
        for session in self.sessions:
            waits = session.sink is None and session.channel.is_own
            if waits and now - session.detached_at_s >= self.limits.kept_audio_s:
                self.sessions.end(session)
                return

    def _session_ended(self, session: Session) -> None:
        if session.channel.is_own:
            self._own.remove(session.channel)
            session.channel.close()

    @property
    def _channels(self) -> list[Channel]:
        return [self.shared, *self._own]

    def _on(self, channel: Channel) -> list[Session]:
        """The sessions that speak on a channel."""
        return [session for session in self.sessions if session.channel is channel]

    # what happens

    def take(self, event: core.Event, now: float, channel: Channel | None = None) -> None:
        """The engine told something of a channel; without one, of the shared one."""
        channel = channel or self.shared
        speaker, error = channel.speaker, None
        if isinstance(event, core.CueFinished):
            cue = speaker.cue(event.cue_id)
            error = cue.error if cue is not None else None
            _disown(channel, event.cue_id)
        told = translate(event, error)
        if told is not None:
            self._publish(told, now, channel)
        if isinstance(event, core.CueQueued | core.CueStarted):
            cue = speaker.cue(event.cue_id)
            if isinstance(event, core.CueStarted):  # the next one's time is known best now
                cue = next((c for c in speaker.cues if c.started_s is None), None)
            if cue is not None:
                self._predict(channel, cue, now)

    def tell_level(self, now: float) -> None:
        """Tell how much audio is ready, to those who asked for it."""
        for channel in self._channels:
            if self._is_wanted(EventName.BUFFER_LEVEL, channel):
                speaker = channel.speaker
                level = BufferLevel(seq=0, time_s=speaker.time_s, buffered_s=speaker.buffered_s)
                self._publish(level, now, channel)

    def _is_wanted(self, name: EventName, channel: Channel) -> bool:
        return any(name in s.events for s in self.sessions if s.channel is channel)

    def fail(self, error: SkaldcastError) -> None:
        """The narration cannot go on: everybody is told."""
        self.failure = str(error)
        for session in self.sessions:
            if session.sink is not None:
                session.sink.send(self.failed())

    def failed(self) -> str:
        """The frame that tells of the failure."""
        return encode(Error(id="", code=ErrorCode.ENGINE_FAILED, text=self.failure or ""))

    def tick(self, now: float) -> None:
        """About once a second: what nobody came back to ends."""
        self.sessions.expire(now)
        for session in self.sessions:
            lost = session.audio is not None and session.audio.lost
            if lost and now - session.detached_at_s >= self.limits.kept_audio_s:
                self.stop_audio(session, now)
        owners = [owner for channel in self._channels for owner in channel.owners.values()]
        for session in {id(owner): owner for owner in owners}.values():
            for cue_id in session.stalled_cues(now):
                with contextlib.suppress(SkaldcastError):  # the narrator has ended meanwhile
                    self.finish(session, cue_id)

    def _publish(self, event: BridgeEvent, now: float, channel: Channel) -> None:
        if self.watcher is not None:
            self.watcher.told(event, now)
        name, frame = name_of(event), encode_event(event)
        # Whose cue it is hears first: with 200 clients the last one is told milliseconds later.
        owner = channel.owners.get(getattr(event, "cue_id", ""))
        if owner is not None and owner.audio is not None:
            owner = None  # hears when it has played it
        if owner is not None:
            owner.publish(name, frame, now, at_once=True)
        is_heard = isinstance(event, _HEARD)
        for session in self._on(channel):
            if session.audio is not None and is_heard:
                session.audio.hold(event, _feed_frame(channel, event))
                self._release(session, now)
            elif session is not owner:
                session.publish(name, frame, now)

    # the sound itself

    def offer_audio(self, feed: AudioFeed) -> None:
        """Sessions may have the sound; `send_audio` is called where `feed` has changed."""
        self.shared.feed = feed

    def start_audio(
        self, session: Session, form: AudioFormat, credit: int, now: float
    ) -> SentAudio:
        """A stream for a session, instead of one that it has."""
        channel = session.channel
        assert channel.feed is not None
        self.stop_audio(session, now)
        session.streams += 1
        session.audio = SentAudio(channel.feed, session.streams, form, credit, channel.gain)
        return session.audio

    def open_audio(self, session: Session) -> None:
        """A session was told of its stream: now it may be sent."""
        feed = session.channel.feed
        if session.audio is not None and feed is not None and not session.audio.open:
            session.audio.open = True
            feed.changed()

    def room_made(self) -> None:
        """A client has taken what it was sent: there may be more for it."""
        if self.shared.feed is not None:
            self.shared.feed.changed()

    def played(self, session: Session, now: float) -> None:
        """A session has played more of its stream, and may have given credit."""
        self._release(session, now)
        channel = session.channel
        if channel.feed is None or session.audio is None or self.failure is not None:
            return
        channel.feed.changed()
        playing = (s for s in self._on(channel) if s.audio is not None and not s.audio.lost)
        leads = next(playing, None)  # none where it has come back and not resumed its stream yet
        if session is leads and isfinite(at := session.audio.position):
            channel.speaker.keep_pace(int(at), channel.speaker.time_s)

    def stop_audio(self, session: Session, now: float) -> None:
        """End a session's stream; the events that waited for it are told. Idempotent."""
        if session.audio is not None:
            self._release(session, now, all_of_them=True)
            session.audio = None

    def send_audio(self, now: float) -> bool:
        """Send a binary frame to each session that may have one, in turns where there are many;
        true where one was sent."""
        listeners = [session for session in self.sessions if session.audio is not None]
        first = self._turn % len(listeners) if listeners else 0
        sent = 0
        for session in listeners[first:] + listeners[:first]:
            sent += self._send_audio_to(session, now)
            self._turn += 1
            if sent == _FRAMES_AT_ONCE:
                break
        return sent > 0

    def _send_audio_to(self, session: Session, now: float) -> bool:
        audio, sink = session.audio, session.sink
        if audio is None:
            return False
        for notice in audio.take_notices(session.channel.speaker.time_s):
            session.publish(name_of(notice), encode_event(notice), now, at_once=True)
        self._release(session, now)
        if sink is None or sink.congested or (frame := audio.next_frame()) is None:
            return False
        sink.send_bytes(frame)
        return True

    def follow_sound(self, now: float) -> None:
        """About 20 times a second: tell how loud it is, and look for what a stream has left."""
        for channel in self._channels:
            if channel.feed is not None:
                self._follow_sound_of(channel, channel.feed, now)

    def _follow_sound_of(self, channel: Channel, feed: AudioFeed, now: float) -> None:
        heard = channel.speaker.heard().frame
        feed.passed(heard)
        feed.changed()
        if not self._is_wanted(EventName.AUDIO_LEVEL, channel):
            channel.level_at = None
            return
        begin, channel.level_at = channel.level_at, heard
        if begin is not None and heard > begin:
            peak, rms = feed.level(begin, heard)
            level = AudioLevel(seq=0, time_s=channel.speaker.time_s, peak=peak, rms=rms)
            self._publish(level, now, channel)

    def _release(self, session: Session, now: float, *, all_of_them: bool = False) -> None:
        """Tell the events whose sound the client has played."""
        if session.audio is not None:
            time_s = session.channel.speaker.time_s
            for event in session.audio.release(time_s, all_of_them=all_of_them):
                session.publish(name_of(event), encode_event(event), now, at_once=True)

    # predictions

    def predict_soon(self, channel: Channel, cue: Cue) -> None:
        """Its text is complete now: tell anew when it will speak, once the reply is sent."""
        self._to_predict.append((channel, cue))

    def tell_predictions(self, now: float) -> None:
        """Tell those that are due."""
        due, self._to_predict = self._to_predict, []
        for channel, cue in due:
            self._predict(channel, cue, now)

    def _predict(self, channel: Channel, cue: Cue, now: float) -> None:
        prediction = channel.speaker.predict(cue)
        if prediction is None or cue.started_s is not None or not cue.text.strip():
            return
        event = CuePredicted(
            seq=0,
            time_s=channel.speaker.time_s,
            cue_id=cue.cue_id,
            starts_in_s=prediction.starts_in_s,
            duration_s=prediction.duration_s,
        )
        self._publish(event, now, channel)

    # whose cue is whose

    def own(self, session: Session, cue: Cue, *, open_since: float | None) -> None:
        """`session` brought a cue."""
        if cue.outcome is None:
            session.cues[cue.cue_id] = OwnCue(len(cue.text), open_since)
            session.channel.owners[cue.cue_id] = session

    def owner(self, cue_id: str) -> Session | None:
        """The session that brought a cue of the shared channel, until the cue has ended."""
        return self.shared.owners.get(cue_id)

    def finish(self, session: Session, cue_id: str) -> None:
        """The text of a cue is complete."""
        cue = session.channel.speaker.cue(cue_id)
        own = session.cues.get(cue_id)
        if own is not None:
            own.open_since = None
        if cue is not None:
            session.channel.speaker.finish(cue)


def _disown(channel: Channel, cue_id: str) -> None:
    owner = channel.owners.pop(cue_id, None)
    if owner is not None:
        owner.cues.pop(cue_id, None)


def _feed_frame(channel: Channel, event: BridgeEvent) -> int:
    """The frame that was heard when the event happened: it has just been told."""
    heard, rate = channel.speaker.heard(), channel.feed.sample_rate if channel.feed else 0
    return heard.frame - round(max(heard.at_s - event.time_s, 0.0) * rate)
