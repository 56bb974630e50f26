"""Which frame of the audio buffer the device is at. Pure arithmetic."""

from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Stretch:
    device_start: int
    buffer_start: int
    silent: bool


class PositionMap:
    """Maps device frames, counted from the start of a run, to frames of the audio buffer.

    A run is made of stretches: audio through one resampler, or inserted silence, which stands
    still in the audio buffer.
    """

    def __init__(self, buffer_rate: int, device_rate: int) -> None:
        self._buffer_rate = buffer_rate
        self._device_rate = device_rate
        self._stretches: list[_Stretch] = []

    def begin_audio(self, device_frame: int, buffer_frame: int) -> None:
        """From `device_frame` on, audio is played, beginning with `buffer_frame`."""
        self._stretches.append(_Stretch(device_frame, buffer_frame, silent=False))

    def begin_silence(self, device_frame: int, buffer_frame: int) -> None:
        """From `device_frame` on, silence is played until the audio goes on at `buffer_frame`."""
        self._stretches.append(_Stretch(device_frame, buffer_frame, silent=True))

    def cut(self, buffer_frame: int) -> int:
        """Forget what comes after `buffer_frame`; returns how many frames of the run lie before."""
        while len(self._stretches) > 1 and self._stretches[-1].buffer_start >= buffer_frame:
            self._stretches.pop()
        last = self._stretches[-1]
        frames = 0 if last.silent else max(buffer_frame - last.buffer_start, 0)
        return last.device_start + -(-frames * self._device_rate // self._buffer_rate)

    def sounds_to(self, device_frame: int, end: int) -> int:
        """The frame of the audio buffer up to which there is no silence from `device_frame` on;
        `end` device frames were written."""
        index = bisect_right(self._stretches, device_frame, key=lambda s: s.device_start) - 1
        for stretch in self._stretches[max(index, 0) :]:
            if stretch.silent:
                return stretch.buffer_start
        return self.buffer_frame(end)

    def buffer_frame(self, device_frame: int) -> int:
        """The frame of the audio buffer that is played next when `device_frame` frames of the run
        have been heard."""
        index = bisect_right(self._stretches, device_frame, key=lambda s: s.device_start) - 1
        stretch = self._stretches[max(index, 0)]
        if stretch.silent:
            return stretch.buffer_start
        frames = device_frame - stretch.device_start
        position = stretch.buffer_start + frames * self._buffer_rate // self._device_rate
        if index + 1 < len(self._stretches):  # a resampler's last output frame may round upwards
            position = min(position, self._stretches[index + 1].buffer_start)
        return position
