"""What is being heard at the output, as blocks of equal length for listeners elsewhere. Plain."""

from collections import deque
from collections.abc import Callable

import numpy as np

from ..playout.buffer_observer import Sight
from ..playout.frame_ring import Samples

DELAY_S = 0.060
"""Behind the output: a pause or a skip there is seen before what it takes back would be sent, and
the playout tells where it is every 20 ms."""
_BLIND_S = 2.0
"""For so long the output is believed to sound on without a word from it."""
_FAR_S = 0.3
"""Further behind than this the missing time is jumped over."""
_NEAR_S = 0.015
"""Within this the distance is left as it is."""
_BEND = 0.005
"""How much faster or slower a block is taken to keep the distance: 9 cents, which a voice bears
unnoticed; clocks differ by a fiftieth of that."""
_FADE_S = 0.005
_LOUD = 0.02
"""A stretch that begins louder than this did not begin by itself: it is faded in."""
_KEPT_DROPS = 64


class HeardFollower:
    """Gives a block for each `block_s` of time, of what the output sounded `DELAY_S` before.

    `read` copies frames of the audio buffer. Where nothing is heard a block is silent. `late_s`
    counts the seconds that were jumped over because nobody asked for blocks in time.
    """

    def __init__(
        self, sample_rate: int, block_s: float, read: Callable[[int, int], Samples]
    ) -> None:
        self.late_s = 0.0
        self._rate = sample_rate
        self._size = round(block_s * sample_rate)
        self._read = read
        self._sight: Sight | None = None
        self._cursor = 0
        """The next frame to give."""
        self._dropped: deque[tuple[int, int]] = deque(maxlen=_KEPT_DROPS)
        self._sounding = False

    def block(self, sight: Sight, now: float) -> Samples:
        """The next block, float32 of shape (block_s * sample_rate,); `now` on `core.clock`."""
        self._take(sight)
        end = self._end(sight, now)
        distance = self._count(self._cursor, end)
        if not self._sounding:
            # A stretch that has ended already is given whole.
            if not distance or (sight.sounds and distance < self._frames(DELAY_S)):
                return self._silence(self._size)
            return self._begin(distance, end)
        return self._go_on(distance, end, sounds=sight.sounds)

    def _take(self, sight: Sight) -> None:
        if self._sight is None:  # listeners hear what is said from now on
            self._cursor = sight.heard
        elif (dropped := sight.skipped - self._sight.skipped) > 0:
            begin = sight.cleared - dropped
            self._dropped.append((begin, sight.cleared))
            if begin <= self._cursor < sight.cleared:
                self._cursor = sight.cleared
        self._sight = sight

    def _end(self, sight: Sight, now: float) -> int:
        """The frame that the output is at."""
        if not sight.sounds:
            return sight.heard
        passed_s = min(max(now - sight.heard_at_s, 0.0), _BLIND_S)
        return max(min(sight.heard + self._frames(passed_s), sight.limit), sight.heard)

    def _begin(self, distance: int, end: int) -> Samples:
        self._jump(distance, end)
        self._sounding = True
        block = self._next(self._size, end)
        if abs(block[0]) > _LOUD:
            count = self._frames(_FADE_S)
            block[:count] *= np.linspace(0.0, 1.0, count, dtype=np.float32)
        return block

    def _go_on(self, distance: int, end: int, *, sounds: bool) -> Samples:
        if distance < self._size:
            # Where it sounds on, it was late to say so: nothing is lost, it comes a moment later.
            return self._silence(self._size) if sounds and not distance else self._finish(end)
        if self._jump(distance, end):
            return self._next(self._size, end)
        off = distance - self._frames(DELAY_S) if sounds else 0
        if abs(off) <= self._frames(_NEAR_S):
            return self._next(self._size, end)
        taken = round(self._size * (1.0 + (_BEND if off > 0 else -_BEND)))
        samples = self._next(min(taken, distance), end)
        at = np.linspace(0.0, samples.size - 1, self._size)
        return np.interp(at, np.arange(samples.size), samples).astype(np.float32)

    def _finish(self, end: int) -> Samples:
        """The last frames of a stretch, faded out where they do not end by themselves."""
        self._sounding = False
        block = self._next(self._size, end)
        count = min(self._frames(_FADE_S), block.size)
        if block.size and abs(block[-1]) > _LOUD:
            block[-count:] *= np.linspace(1.0, 0.0, count, dtype=np.float32)
        return np.concatenate((block, self._silence(self._size - block.size)))

    def _jump(self, distance: int, end: int) -> bool:
        """Leave out what is too long ago; whether anything was."""
        late = distance - self._frames(DELAY_S + _FAR_S)
        if late <= 0:
            return False
        late += self._frames(_FAR_S)
        self.late_s += late / self._rate
        self._next(late, end)
        return True

    def _next(self, count: int, end: int) -> Samples:
        """At most `count` frames before `end`, those that were dropped left out."""
        parts: list[Samples] = []
        for begin, stop in self._stretches(self._cursor, end):
            part = self._read(begin, min(count, stop - begin))
            parts.append(part)
            count -= part.size
            self._cursor = begin + part.size
            if not count:
                break
        return np.concatenate(parts) if parts else self._silence(0)

    def _count(self, begin: int, end: int) -> int:
        return sum(stop - start for start, stop in self._stretches(begin, end))

    def _stretches(self, begin: int, end: int) -> list[tuple[int, int]]:
        """What lies between the two and was not dropped."""
        found: list[tuple[int, int]] = []
        for start, stop in self._dropped:
            if start < end and stop > begin:
                if begin < start:
                    found.append((begin, start))
                begin = stop
        if begin < end:
            found.append((begin, end))
        return found

    def _frames(self, seconds: float) -> int:
        return round(seconds * self._rate)

    def _silence(self, count: int) -> Samples:
        return np.zeros(count, np.float32)
