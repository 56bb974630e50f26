"""The sound beside the output: a tap that keeps what may be heard, for those who play it.

Plain. The frames of the last 30 s are kept once, however many `AudioStream`s read them.
"""

from collections import deque
from collections.abc import Callable
from typing import Protocol
from weakref import WeakSet

import numpy as np

from .audio_tap import AudioTap
from .playout.frame_ring import FrameRing, Samples

KEPT_S = 30.0
"""As much as the audio buffer holds: all that is made ahead, and what was heard just now."""
_TAIL_S = 0.3
"""So long before its end is heard, the end of a stretch is given out."""


class Reader(Protocol):
    """Reads a feed, and is told what is taken back."""

    def withdraw(self, begin: int) -> None: ...


class AudioFeed(AudioTap):
    """An `AudioTap`. `on_change` is called where a stream may have something to read.

    Bounded by `KEPT_S` seconds of frames; nobody is waited for: a stream that falls further behind
    loses frames and says how many.
    """

    def __init__(
        self, sample_rate: int, on_change: Callable[[], None], kept_s: float = KEPT_S
    ) -> None:
        self.sample_rate = sample_rate
        self._on_change = on_change
        self._ring = FrameRing(np.zeros(round(kept_s * sample_rate), np.float32))
        self._first: int | None = None  # the first frame that was ever pushed
        self._written = 0
        self._gate = 0
        self._heard = 0
        self._dropped: deque[tuple[int, int]] = deque()  # in order, without overlap
        self._readers: WeakSet[Reader] = WeakSet()

    # the tap

    def pushed(self, frame: int, samples: Samples) -> None:
        """Keep `samples`."""
        if self._first is None:
            self._first = frame
        self._ring.write(frame, samples)
        self._written = frame + samples.size
        while self._dropped and self._dropped[0][1] <= self.oldest:
            self._dropped.popleft()
        self._on_change()

    def let_out(self, gate: int) -> None:
        """Let the streams up to `gate`, or have them take back what lies behind it."""
        before, self._gate = self.limit, gate
        if self.limit < before:
            self._withdraw(self.limit)
        self._on_change()

    def cleared(self, begin: int, end: int) -> None:
        """Have the streams take back what was cleared, and go on at `end`."""
        begin = max(begin, self._dropped[-1][1] if self._dropped else 0)
        end = min(end, self._written)
        if begin < end:
            self._dropped.append((begin, end))
            self._withdraw(begin)
            self._on_change()

    def passed(self, frame: int) -> None:
        """Where the output is."""
        self._heard = max(self._heard, frame)

    # the streams

    def add(self, reader: Reader) -> None:
        """Tell `reader` what is taken back, as long as somebody holds it."""
        self._readers.add(reader)

    def changed(self) -> None:
        """A stream may read more than before."""
        self._on_change()

    @property
    def limit(self) -> int:
        """The frame before which all is let out."""
        return min(self._gate, self._written)

    @property
    def oldest(self) -> int:
        """The first frame that is still kept."""
        return max(self._first or 0, self._written - self._ring.capacity)

    @property
    def live(self) -> int:
        """The frame at which the output is."""
        return max(self._heard, self.oldest)

    def span(self, frame: int) -> tuple[int, int]:
        """The first frames from `frame` on that may be heard, as begin and end of an unbroken
        stretch, which is empty where there are none (end <= begin)."""
        for begin, end in self._dropped:
            if frame < begin:
                return frame, min(begin, self.limit)
            frame = max(frame, end)
        return frame, self.limit

    def read(self, begin: int, count: int) -> Samples:
        """A copy of frames that `span` told of."""
        return self._ring.read(begin, count)

    def ends_at(self, frame: int) -> bool:
        """Whether nothing follows on `frame` for now, and the output will soon be there."""
        closed = frame >= self.limit and self._gate <= self._written
        return closed and self._heard >= frame - round(_TAIL_S * self.sample_rate)

    def count(self, begin: int, end: int) -> int:
        """How many frames between the two were not dropped."""
        gone = sum(max(min(e, end) - max(b, begin), 0) for b, e in self._dropped)
        return end - begin - gone

    def level(self, begin: int, end: int) -> tuple[float, float]:
        """Peak and root mean square of what was let out between two frames, 1 being full scale."""
        begin, end = max(begin, self.oldest), min(end, self.limit)
        samples = self.read(begin, max(end - begin, 0))
        if not samples.size:
            return 0.0, 0.0
        peak = float(np.abs(samples).max())
        return min(peak, 1.0), min(float(np.sqrt(np.mean(np.square(samples)))), 1.0)

    def _withdraw(self, begin: int) -> None:
        for reader in self._readers:
            reader.withdraw(begin)
