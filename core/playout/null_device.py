"""An output without sound that keeps real time."""

from collections.abc import Callable

from ..clock import monotonic_s
from ..types import AudioFormat
from .device import Frames


class NullDevice:
    """Plays into nothing, at the pace of `now` (an injected monotonic clock, in seconds).

    As a device would, it plays from the first frame written on, runs dry when nothing follows,
    and counts a write that comes after it ran dry as an underflow.
    """

    paced = True
    served = False
    plays_on = False

    def __init__(
        self, audio_format: AudioFormat, latency_s: float, now: Callable[[], float] = monotonic_s
    ) -> None:
        self.sample_rate = audio_format.sample_rate
        self.channels = audio_format.channels
        self.underflows = 0
        self._capacity = max(1, round(latency_s * self.sample_rate))
        self._now = now
        self._dry = True  # nothing was written since start or stop
        self._end_s = 0.0
        """When the last frame written has been heard, on the clock."""

    def start(self) -> None:
        return

    def writable(self) -> int:
        return max(0, self._capacity - self.pending())

    def write(self, frames: Frames) -> None:
        now = self._now()
        if self._end_s <= now:
            self.underflows += not self._dry
            self._end_s = now
        self._dry = False
        self._end_s += len(frames) / self.sample_rate

    def pending(self) -> int:
        # Rounded: sums of frames / rate carry errors far below half a frame.
        return max(0, round((self._end_s - self._now()) * self.sample_rate))

    def fall_back(self, frames: int) -> None:
        """Be `frames` further from having played what is pending, or, below 0, nearer to it."""
        self._end_s = max(self._end_s + frames / self.sample_rate, self._now())

    def rewind(self, fade: int) -> int:
        pending = self.pending()
        kept = min(fade, pending)
        self._end_s = self._now() + kept / self.sample_rate
        self._dry = True
        return pending - kept

    def take_back(self, keep: int) -> int:
        return self.rewind(keep)

    def stop(self) -> None:
        self._dry = True
        self._end_s = self._now()

    def default_changed(self) -> bool:
        return False

    def close(self) -> None:
        self.stop()
