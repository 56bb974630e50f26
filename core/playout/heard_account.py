"""What the player tells of what was heard, and of what was missing. Plain."""

from collections.abc import Callable

from .audio_buffer import AT_REST, AudioBuffer, Playing
from .device import OutputDevice
from .heard_silence import HeardSilence
from .messages import RoomMade, UnderflowsReported


class HeardAccount:
    """Tells the audio buffer what it may let go of and what was missing; `notify` gets the
    messages for main."""

    def __init__(self, buffer: AudioBuffer, notify: Callable[[object], None]) -> None:
        self.skipped = 0
        """Frames dropped before this run that the buffer was not told of yet."""
        self._buffer = buffer
        self._notify = notify
        self._room_reported_at = buffer.heard
        self._underflows_reported = 0
        self._broke_off_s = buffer.broke_off_s
        """Since when nothing is heard because the process before this one ended in speech."""
        buffer.rest(broke_off_s=self._broke_off_s or 0.0)

    def begin_device(self) -> None:
        """Another device counts its underflows anew."""
        self._underflows_reported = 0

    def release(self, frame: int, now: float, playing: Playing = AT_REST) -> None:
        """All before `frame` was heard by `now`."""
        playing = (min(playing[0], self._buffer.taken), playing[1])
        at = self._buffer.position()
        if frame <= at.frame:
            self._buffer.release(at.frame, at.at_s, playing=playing)
            return
        self._buffer.release(frame, now, skipped=self.skipped, playing=playing)
        self.skipped = 0
        if frame - self._room_reported_at >= self._buffer.capacity // 8:
            self._room_reported_at = frame
            self._notify(RoomMade())

    def count_break(self, until_s: float) -> None:
        """What broke off with the process before this one goes on, or ends."""
        if self._broke_off_s is not None:
            frames = round((until_s - self._broke_off_s) * self._buffer.sample_rate)
            self._buffer.count_underrun(max(frames, 0), events=1)
            self._broke_off_s = None

    def count_silence(self, silence: HeardSilence) -> None:
        """Silence that was heard inside speech since the last call."""
        events, frames = silence.take()
        if events or frames:
            self._buffer.count_underrun(frames, events=events)

    def count_underflows(self, device: OutputDevice) -> None:
        """What the device itself noticed since the last call."""
        if device.underflows != self._underflows_reported:
            self._notify(UnderflowsReported(device.underflows - self._underflows_reported))
            self._underflows_reported = device.underflows
