"""One listener's view of an `AudioFeed`: its frames in order, at the rate it asked for. Plain.

The frames of a stream are counted from its start, each number once: what is taken back keeps its
numbers, and what comes instead has the next ones.
"""

from collections import deque
from dataclasses import dataclass
from math import gcd, inf

import numpy as np

from .audio_feed import AudioFeed
from .playout.frame_ring import Samples
from .playout.resampler import Resampler

_NOTHING: Samples = np.zeros(0, np.float32)
_BEFORE_S = 0.05
"""So much is converted anew, and thrown away, where a stream goes back: a resampler needs to have
heard what came before."""
_STEP_S = 0.1
"""Read at a time, at least."""


@dataclass(slots=True)
class _Stretch:
    """Frames of the stream that stand for an unbroken run of the feed's."""

    start: int
    feed_start: int
    end: int | None = None
    """Of the stream, where it has ended."""
    feed_end: int = 0


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The frames from `begin` to before `end` are not to be played, where they were not yet."""

    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class FramesLost:
    """Before the frame `at`, so many frames are missing that nobody has any more."""

    at: int
    frames: int


class AudioStream:
    """Begins with what is being heard now; `take` gives what follows.

    Let out frames are given once and in order; `notices` says which of them are taken back.
    """

    def __init__(self, feed: AudioFeed, sample_rate: int) -> None:
        self.sample_rate = sample_rate
        self.sent = 0
        """Frames given so far: the number of the next one."""
        self._feed = feed
        self._next = feed.live
        self._ready = _NOTHING  # converted and not given
        self._resampler: Resampler | None = None
        self._skip = 0  # converted frames that are not wanted
        self._stretches: deque[_Stretch] = deque()
        self._notices: list[TakenBack | FramesLost] = []
        self._told = (0, 0)  # what was taken back last
        feed.add(self)

    def take(self, most: int) -> Samples:
        """The next frames, at most `most`, mono float32; empty where there are none now. The first
        of them is the frame number `sent` was."""
        self._fill(most)
        samples, self._ready = self._ready[:most], self._ready[most:]
        self.sent += samples.size
        return samples

    def take_notices(self) -> list[TakenBack | FramesLost]:
        """What the listener must be told, before it gets what `take` gives next."""
        notices, self._notices = self._notices, []
        return notices

    @property
    def pending(self) -> bool:
        """Whether something that was let out has not been given."""
        begin, end = self._feed.span(self._next)
        return self._ready.size > 0 or self._holds_back or begin < end

    @property
    def _holds_back(self) -> bool:
        return self._resampler is not None and self.sample_rate != self._feed.sample_rate

    def feed_frame(self, frame: int) -> float:
        """The frame of the feed before which a listener has passed all that has passed `frame`
        here; infinite for one that has all there is."""
        if frame >= self.sent and not self.pending:
            return inf
        stretch = self._stretch_at(frame)
        if stretch is None:
            return -inf
        if stretch.end is not None and frame >= stretch.end:
            return stretch.feed_end
        return stretch.feed_start + self._to_feed(frame - stretch.start)

    def passed(self, frame: int) -> None:
        """The listener will not go back before `frame`."""
        while len(self._stretches) > 1 and self._stretches[1].start <= frame:
            self._stretches.popleft()

    def go_back(self, frame: int) -> None:
        """The listener has got the frames before `frame` and no others: what stood for the rest
        follows now, with new numbers."""
        stretch = self._stretch_at(frame)
        if stretch is not None and stretch.end is not None and frame >= stretch.end:
            later = [s for s in self._stretches if s.start > frame]
            stretch = later[0] if later else None
            frame = later[0].start if later else frame
        if stretch is None or frame >= self.sent:
            return
        ours, theirs = self._units
        passed = frame - stretch.start
        steps = max(passed // ours - -(-round(_BEFORE_S * self.sample_rate) // ours), 0)
        feed_frame = stretch.feed_start + self._to_feed(passed)
        self._end_with(stretch, frame, feed_frame)
        self._ready = _NOTHING
        self._next = stretch.feed_start + steps * theirs
        self._skip = passed - steps * ours
        self._resampler = Resampler(self._feed.sample_rate, self.sample_rate)
        self._stretches.append(_Stretch(self.sent, feed_frame))

    def withdraw(self, begin: int) -> None:
        """Called by the feed: its frames from `begin` on are taken back."""
        if begin >= self._next:
            return
        self._flush()
        stretch = next((s for s in reversed(self._stretches) if s.feed_start <= begin), None)
        if stretch is None:
            place = self._stretches[0].start if self._stretches else self.sent
            self._stretches.clear()
        else:
            place = stretch.start + self._from_feed(begin - stretch.feed_start)
            place = place if stretch.end is None else min(place, stretch.end)
            self._end_with(stretch, place, begin)
        self._ready = self._ready[: max(place - self.sent, 0)]
        self._next = begin
        if place < self.sent and not self._is_told(place):
            self._notices.append(TakenBack(place, self.sent))
            self._told = (place, self.sent)

    def _is_told(self, place: int) -> bool:
        begin, end = self._told
        return end == self.sent and begin <= place

    def _fill(self, most: int) -> None:
        while self._ready.size < most:
            if self._next < self._feed.oldest:
                self._lose()
            begin, end = self._feed.span(self._next)
            if begin != self._next:  # what lay between was dropped
                self._flush()
                self._next = begin
            elif begin < end:
                self._read(begin, min(end - begin, self._wanted(most)))
            elif self._holds_back and self._feed.ends_at(begin):
                self._flush()
            else:
                return

    def _wanted(self, most: int) -> int:
        least = round(_STEP_S * self._feed.sample_rate)
        return max(self._to_feed(most - self._ready.size), least)

    def _read(self, begin: int, count: int) -> None:
        if self._resampler is None:
            self._resampler = Resampler(self._feed.sample_rate, self.sample_rate)
            self._stretches.append(_Stretch(self.sent + self._ready.size, begin))
        self._next = begin + count
        self._keep(self._resampler.process(self._feed.read(begin, count)))

    def _keep(self, converted: Samples) -> None:
        wanted = converted[self._skip :]
        self._skip = max(self._skip - converted.size, 0)
        self._ready = np.concatenate((self._ready, wanted)) if self._ready.size else wanted

    def _flush(self) -> None:
        """What was read so far is a stretch of its own."""
        if self._resampler is None:
            return
        self._keep(self._resampler.process(_NOTHING, last=True))
        self._resampler, self._skip = None, 0
        stretch = self._stretches[-1]
        stretch.end, stretch.feed_end = self.sent + self._ready.size, self._next

    def _end_with(self, stretch: _Stretch, end: int, feed_end: int) -> None:
        """What comes after that in the stream is not to be played."""
        while self._stretches[-1] is not stretch:
            self._stretches.pop()
        stretch.end, stretch.feed_end = end, feed_end

    def _lose(self) -> None:
        self._resampler, self._skip = None, 0
        live = self._feed.live
        frames = self._from_feed(self._feed.count(self._next, live))
        at = self.sent + self._ready.size
        if self._stretches and self._stretches[-1].end is None:
            self._stretches[-1].end, self._stretches[-1].feed_end = at, self._next
        if frames:
            self._notices.append(FramesLost(at, frames))
        self._next = live

    def _stretch_at(self, frame: int) -> _Stretch | None:
        return next((s for s in reversed(self._stretches) if s.start <= frame), None)

    @property
    def _units(self) -> tuple[int, int]:
        """The least numbers of frames, of the stream and of the feed, that last equally long."""
        common = gcd(self.sample_rate, self._feed.sample_rate)
        return self.sample_rate // common, self._feed.sample_rate // common

    def _to_feed(self, frames: int) -> int:
        return frames * self._feed.sample_rate // self.sample_rate

    def _from_feed(self, frames: int) -> int:
        return -(-frames * self.sample_rate // self._feed.sample_rate)
