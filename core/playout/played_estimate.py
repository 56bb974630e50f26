"""Where a device is that tells its fill only in steps. No I/O, the time is an argument."""


class PlayedEstimate:
    """Frames heard, from a clock that is corrected by what the device reports.

    A device's free room (PortAudio's `write_available`) moves in steps of its periods, up to a
    quarter of its depth. Between two steps the clock tells the position; the least difference of
    the two over a window, which is reached just after a step, tells how far the clocks drift.
    """

    WINDOW_S = 5.0
    """Several steps of the coarsest device; 100 ppm of drift are 0.5 ms in it."""

    def __init__(self, sample_rate: int, delay_s: float = 0.0) -> None:
        """`delay_s` passes from the first write into a dry device until it is heard."""
        self._rate = sample_rate
        self._delay_s = delay_s
        self._written = 0
        self._heard_before = 0
        self._anchor_s = 0.0
        """When frame 0 was, or would have been, heard."""
        self._dry = True
        self._reset_window()

    def _reset_window(self) -> None:
        self._baseline: float | None = None
        self._least = float("inf")
        self._window_end_s = 0.0

    def wrote(self, frames: int, now: float) -> None:
        """So many frames were handed over at `now`; a dry device begins to play then."""
        if self._dry or self.pending(now) == 0:
            self._anchor_s = now + self._delay_s - self._written / self._rate
            self._heard_before = self._written
            self._dry = False
            self._reset_window()
        self._written += frames

    def pending(self, now: float) -> int:
        """Frames written and not heard yet."""
        if self._dry:
            return 0
        heard = max(self._heard_before, round((now - self._anchor_s) * self._rate))
        return max(0, self._written - heard)

    def observe(self, buffered: int, now: float) -> None:
        """The device says that it holds so many frames, one step more at most than is true."""
        if self._dry:
            return
        excess = buffered - (self._written - (now - self._anchor_s) * self._rate)
        self._least = min(self._least, excess)
        if self._window_end_s == 0.0:
            self._window_end_s = now + self.WINDOW_S
        elif now >= self._window_end_s:
            if self._baseline is None:
                self._baseline = self._least  # what lies between the device's idea and ours
            self._anchor_s += (self._least - self._baseline) / self._rate
            self._least = float("inf")
            self._window_end_s = now + self.WINDOW_S

    def clear(self) -> None:
        """Nothing is pending any more."""
        self._dry = True
