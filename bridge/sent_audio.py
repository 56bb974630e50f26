"""The sound as one session gets it: what it may be sent, and what it is told once it has played it.
Plain."""

from collections import deque
from collections.abc import Callable
from math import inf

import msgspec

from ..core.audio_feed import AudioFeed
from ..core.audio_stream import AudioStream, FramesLost, TakenBack
from ..core.playout.frame_ring import Samples
from ..core.playout.gain_ramp import GainRamp
from .protocol.audio import AudioFormat, pack
from .protocol.events import AudioCleared, AudioLost, BridgeEvent, CueFinished

_MOST_S = 0.25
"""Of sound in one binary frame."""
_RAMP_S = 0.02
"""From one volume to the next."""
_CLOCK_S = 0.005
"""When something began is known by the clock, within some frames: it is told so much later, and
never before its sound."""
_HELD = 1_000
_TAKEN_BACK = 100


class PositionError(Exception):
    """A client told a position that cannot be; inside the bridge only."""


class SentAudio:
    """A session's stream. Sends no more than the client gave credit for.

    `hold` keeps an event until the client has played the sound that it belongs to; of more than
    1,000 the oldest are told before that.
    """

    def __init__(
        self,
        feed: AudioFeed,
        number: int,
        form: AudioFormat,
        credit: int,
        gain: Callable[[], float] = lambda: 1.0,
    ) -> None:
        """`gain` is the volume that it is sent with, from 0 to 1."""
        self.number = number
        self.form = form
        self.open = False
        """Whether the client knows of it: its request has been answered."""
        self.lost = False
        """Its connection was lost, and the client has not come back for it."""
        self._rate = feed.sample_rate
        self._gain = gain
        self._gain_now = gain()
        self._ramp = GainRamp(self._gain_now)
        self._stream = AudioStream(feed, int(form.sample_rate))
        self._played = 0
        self._credit = credit
        self._sequence = 0
        self._taken_back: deque[TakenBack] = deque(maxlen=_TAKEN_BACK)
        self._held: deque[tuple[int, BridgeEvent]] = deque()

    @property
    def sent(self) -> int:
        """Frames sent since the start."""
        return self._stream.sent

    def next_frame(self) -> bytes | None:
        """The next binary frame; None where there is no sound or no credit."""
        most = min(self._room, self.form.most_frames, round(_MOST_S * self.form.sample_rate))
        if not self.open or self.lost or most <= 0:
            return None
        position = self.sent
        samples = self._stream.take(most)
        if not samples.size:
            return None
        sequence, self._sequence = self._sequence, self._sequence + 1
        return pack(self.number, sequence, position, self._scaled(samples, position), self.form)

    def _scaled(self, samples: Samples, position: int) -> Samples:
        if (gain := self._gain()) != self._gain_now:
            self._gain_now = gain
            self._ramp.move(position, gain, round(_RAMP_S * self.form.sample_rate))
        return self._ramp.apply(samples, position)

    def played(self, frame: int, credit: int) -> None:
        """The client has played all before `frame`; raises `PositionError`."""
        if frame < self._played:
            raise PositionError(
                f"frame {frame} comes before {self._played}, which was told already"
            )
        if frame > self.sent:
            raise PositionError(f"frame {frame} cannot have been played: {self.sent} were sent")
        self._played = frame
        self._stream.passed(frame)
        while self._taken_back and self._taken_back[0].end <= frame:
            self._taken_back.popleft()
        self._credit = credit

    @property
    def _room(self) -> int:
        """Frames that may be sent now."""
        # What the client dropped is no sound that it has to keep room for.
        gone = sum(t.end - max(t.begin, self._played) for t in self._taken_back)
        return self._played + gone + self._credit - self.sent

    def resume(self, frame: int, credit: int) -> None:
        """The client has got all before `frame` and nothing else; raises `PositionError`."""
        if not self._played <= frame <= self.sent:
            raise PositionError(
                f"frame {frame} is not between {self._played}, which was played, and "
                f"{self.sent}, which were sent"
            )
        self._stream.go_back(frame)
        self._drop(TakenBack(frame, self.sent))
        self._sequence = 0
        self.open = self.lost = False
        self._credit = credit

    @property
    def position(self) -> float:
        """The frame of the feed at which the client is; infinite where it has played all."""
        return self._stream.feed_frame(self._played)

    def take_notices(self, time_s: float) -> list[BridgeEvent]:
        """What the client must be told of its stream."""
        return [self._told(notice, time_s) for notice in self._stream.take_notices()]

    def _told(self, notice: TakenBack | FramesLost, time_s: float) -> BridgeEvent:
        match notice:
            case TakenBack(begin, end):
                self._drop(notice)
                return AudioCleared(
                    seq=0, time_s=time_s, stream=self.number, from_frame=begin, to_frame=end
                )
            case FramesLost(at, frames):
                return AudioLost(seq=0, time_s=time_s, stream=self.number, frame=at, frames=frames)

    def _drop(self, gone: TakenBack) -> None:
        """Keep account of frames that the client has no longer, each once."""
        while self._taken_back and self._taken_back[-1].begin >= gone.begin:
            self._taken_back.pop()
        begin = max(gone.begin, self._taken_back[-1].end) if self._taken_back else gone.begin
        if begin < gone.end:
            self._taken_back.append(TakenBack(begin, gone.end))

    # events that wait for the client

    def hold(self, event: BridgeEvent, feed_frame: int) -> None:
        """Keep an event that belongs to a frame of the feed, behind those that are kept."""
        self._held.append((feed_frame, event))

    def release(self, time_s: float, *, all_of_them: bool = False) -> list[BridgeEvent]:
        """The events whose sound has been played, by now, each with the time of it."""
        if not self._held:
            return []
        at = inf if all_of_them else self.position
        told: list[BridgeEvent] = []
        while self._held and (self._due(*self._held[0]) <= at or len(self._held) > _HELD):
            frame, event = self._held.popleft()
            ago_s = 0.0 if at == inf else max(at - frame, 0) / self._rate
            at_s = event.time_s if all_of_them else max(time_s - ago_s, event.time_s)
            told.append(msgspec.structs.replace(event, time_s=at_s))
        return told

    def _due(self, frame: int, event: BridgeEvent) -> int:
        """The frame of the feed before which the client must have played all."""
        return frame if isinstance(event, CueFinished) else frame + round(_CLOCK_S * self._rate)
