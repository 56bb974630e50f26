"""Small real stand-ins that tests share: a clock that is turned by hand, a device that is heard."""

import numpy as np
from numpy.typing import NDArray

from skaldcast.core.errors import OutputError
from skaldcast.core.playout.device import Frames


class Clock:
    """A monotonic clock that stands still until `pass_time`."""

    def __init__(self, start_s: float = 1000.0) -> None:
        self.start_s = self.now_s = start_s

    def __call__(self) -> float:
        return self.now_s

    def pass_time(self, seconds: float) -> None:
        self.now_s += seconds


class FakeDevice:
    """An output that plays by `clock` and keeps every sample that was heard.

    `recording` is what a microphone would have: one sample for each frame since the device was
    made, zero where nothing was playing. With `delay_s` a dry device begins so long after the
    first write. One that `cuts` loses all that is pending in a rewind, as PortAudio does. One
    that is not `paced` plays all it is given at once, in `taken`.
    """

    def __init__(
        self,
        clock: Clock,
        sample_rate: int = 24_000,
        *,
        depth_s: float = 1.0,
        channels: int = 2,
        paced: bool = True,
        delay_s: float = 0.0,
        cuts: bool = False,
    ) -> None:
        self.sample_rate = sample_rate
        self.channels = channels
        self.paced = paced
        self.served = False
        self.plays_on = True
        self.underflows = 0
        self.lost = self.closed = self.changed = False
        self.starts = self.stops = self.asked = 0
        self.began_s = clock.now_s
        self._clock = clock
        self._capacity = round(depth_s * sample_rate)
        self._delay = round(delay_s * sample_rate)
        self._cuts = cuts
        self._queue = np.zeros(0, np.float32)
        self._heard: list[NDArray[np.float32]] = []
        self._frame = 0  # frames of time that have passed
        self._wait = 0  # frames until a dry device begins

    @property
    def recording(self) -> NDArray[np.float32]:
        if not self.lost:
            self._play()
        return np.concatenate([np.zeros(0, np.float32), *self._heard])

    @property
    def sounding(self) -> NDArray[np.float32]:
        """The samples that were heard, without the silence around and between."""
        recording = self.recording
        return recording[recording != 0.0]

    def lose(self) -> None:
        """From now on it fails; what it had not played is never heard."""
        self._play()
        self.lost = True

    def start(self) -> None:
        self._look()
        self.starts += 1

    def writable(self) -> int:
        self._look()
        return self._capacity - self._queue.size

    def write(self, frames: Frames) -> None:
        self._look()
        assert frames.shape == (len(frames), self.channels)
        assert frames.dtype == np.float32
        assert len(frames) <= self._capacity - self._queue.size
        assert (frames == frames[:, :1]).all(), "the channels differ"
        if self._queue.size == 0:
            self._wait = self._delay
        self._queue = np.concatenate((self._queue, frames[:, 0]))
        if not self.paced:
            self._heard.append(self._queue)
            self._queue = self._queue[:0]

    def pending(self) -> int:
        self._look()
        self.asked += 1
        return self._queue.size

    def rewind(self, fade: int) -> int:
        dropped = self.take_back(fade)
        self._queue *= np.linspace(1, 0, self._queue.size, endpoint=False, dtype=np.float32)
        return dropped

    def take_back(self, keep: int) -> int:
        pending = self.pending()
        self._queue = self._queue[: 0 if self._cuts else keep].copy()
        return pending - self._queue.size

    def stop(self) -> None:
        self._look()
        self.stops += 1

    def default_changed(self) -> bool:
        self._look()
        return self.changed

    def close(self) -> None:
        if not self.lost:
            self._play()
        self.closed = True

    def _look(self) -> None:
        assert not self.closed, "used after it was closed"
        if self.lost:
            raise OutputError("the fake device was unplugged")
        self._play()

    def _play(self) -> None:
        """Let the time that has passed be heard."""
        if not self.paced or self.closed:
            return
        passed = round((self._clock.now_s - self.began_s) * self.sample_rate) - self._frame
        self._frame += passed
        silent = min(self._wait, passed)
        self._wait -= silent
        played, self._queue = self._queue[: passed - silent], self._queue[passed - silent :]
        rest = np.zeros(passed - silent - played.size, np.float32)
        self._heard += [np.zeros(silent, np.float32), played, rest]


class BlockwiseDevice(FakeDevice):
    """Takes its frames a block at a time, as a sound server does, and fills up with silence of its
    own what it finds missing then; that silence counts as pending."""

    BLOCK_S = 0.030

    _block: NDArray[np.float32] = np.zeros(0, np.float32)
    _empty = True

    def pending(self) -> int:
        return super().pending() + (0 if self._empty else self._block.size)

    def take_back(self, keep: int) -> int:
        taken = max(self._queue.size - keep, 0)
        self._queue = self._queue[: self._queue.size - taken]
        return taken

    def _play(self) -> None:
        passed = round((self._clock.now_s - self.began_s) * self.sample_rate) - self._frame
        self._frame += passed
        while passed:
            if self._block.size == 0:
                size = round(self.BLOCK_S * self.sample_rate)
                taken, self._queue = self._queue[:size], self._queue[size:]
                self._empty = taken.size == 0
                self._block = np.concatenate((taken, np.zeros(size - taken.size, np.float32)))
            self._heard.append(self._block[:passed])
            played = min(passed, self._block.size)
            self._block = self._block[played:]
            passed -= played
