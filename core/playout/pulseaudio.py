"""Output through PulseAudio, or PipeWire in its name: the preferred one on Linux.

PortAudio reaches the same server through ALSA, but tells the position in steps of 250 ms and can
stop only by cutting the sound off. Here what the server has not played yet is overwritten, so a
fade lies where it was meant to, sample by sample.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from ..clock import monotonic_s
from ..errors import OutputError
from . import libpulse
from .device import DeviceRow, Frames
from .libpulse import Connection, Sink

_BYTES = 4
_BLOCK_S = 0.015
"""How much the server takes out of our buffer at a time; what is overwritten lies one such block
ahead of its read index. Measured on a null sink: 20 pauses of 20 silent after 21-31 ms, without a
step larger than the signal's own; 5 ms ahead instead, 6 of 20 were late and clicked."""
_REFRESH_S = 0.05
"""Age at which the timing is renewed; between two the clock tells the position."""
_START_REFRESH_S = 0.004
"""The same while the server has not begun to play: that is soon, and it is wanted to the ms."""
_TURN_S = 0.001
"""A player's step asks for the place several times; the server says nothing new meanwhile."""
_ANSWER_S = 0.02
"""How long to wait for the server where its answer is needed at once; it takes 0.3 ms."""
_STALLED_S = 3.0
"""A server that plays nothing, or says nothing, for so long is lost."""
_IDLE_S = 5.0
"""Rest after which the stream is corked, so that the server lets the sound card sleep."""


@dataclass(frozen=True, slots=True)
class _Timing:
    """Where the server was at `stamp_s`; frames are counted from the stream's beginning."""

    stamp_s: float
    read: int
    """What it had taken out of our buffer."""
    sink: int
    """How much of that lay in the sink, not heard yet."""
    playing: bool


class PulseDevice:
    """A sink of the sound server by its name; empty: the default one, followed when it changes.

    The server's buffer is written `latency_s` deep; the rate is the sink's own. A `title` makes it
    an application of its own in the system's mixer. Raises `OutputError` where no server answers.
    """

    paced = True
    served = True
    plays_on = True

    def __init__(
        self,
        sink_name: str = "",
        latency_s: float = 1.0,
        channels: int = 1,
        now: Callable[[], float] = monotonic_s,
        title: str = "",
    ) -> None:
        self.channels = channels
        self.underflows = 0
        self._now = now
        self._connection = Connection(f"Skaldcast {title}".rstrip())
        self._title = title or "Narration"
        self._pulse = self._connection.pulse
        try:
            self._stream = self._connect(sink_name, latency_s)
        except BaseException:
            self._connection.close()
            raise
        self.sample_rate: int = self._pulse.pa_stream_get_sample_spec(self._stream).contents.rate
        self._follows_default = not sink_name
        self._sink = self._sink_name()
        self._capacity = round(latency_s * self.sample_rate)
        self._block = round(_BLOCK_S * self.sample_rate)
        self._recent = _Recent(self._capacity + 4 * self._block, channels)
        self._end = 0
        """Just past the last frame that is to be heard, in frames of the stream."""
        self._covered = 0
        """Just past the silence that was written over what `rewind` took back."""
        self._timing = _Timing(now(), 0, 0, False)
        self._cut = False
        """`rewind` broke the sound off: no frame of the fade-in that follows may be lost."""
        self._asked: Any = None
        """The request for timing that is under way."""
        self._asked_at = self._moved_at = now()
        self._turned_s = -_TURN_S
        """When what the server sent was dealt with."""
        self._corked = False
        self._resting_since: float | None = now()
        self._underflow_index = self._pulse.pa_stream_get_underflow_index(self._stream)

    def start(self) -> None:
        if self._resting_since is None:
            return
        self._turned_s = -_TURN_S
        self._turn()  # an underflow that ended the last run is not one of this run
        if self._corked:
            self._forget(self._pulse.pa_stream_cork(self._stream, 0, None, None))
            self._corked = False
        self._resting_since = None
        self._moved_at = self._now()
        self._underflow_index = self._pulse.pa_stream_get_underflow_index(self._stream)

    def writable(self) -> int:
        self._turn()
        timing = self._timing
        passed = self._since(timing) if timing.playing else 0
        return max(0, self._capacity - max(0, self._end - timing.read - passed))

    def write(self, frames: Frames) -> None:
        self.start()
        self._turn()
        at = self._end
        if self._covered > self._end:
            # Silence lies behind the end: the server may have read on into it.
            timing = self._measure()
            if timing.read >= self._covered and not self._cut:
                # It ran dry behind the silence and stands still. Up to 10 ms of the head may be
                # lost to what the sink has taken: less than speech begins with before its onset.
                at = timing.read
            elif timing.read + self._block > at:
                # A block of silence first: what the sink has taken already is not changed, which
                # would cut into the fade-in (measured on a null sink: by up to 10 ms).
                at = timing.read + self._block
                self._put_silence(max(self._end, timing.read), at)
        self._cut = False
        was_dry = self.pending() == 0
        self._put(np.ascontiguousarray(frames, dtype=np.float32), at)
        self._recent.put(frames, at)
        self._end = at + len(frames)
        if was_dry:
            self._timing = _Timing(self._now(), at, self._timing.sink, False)
            self._moved_at = self._now()
            self._ask()
        underflow_index = self._pulse.pa_stream_get_underflow_index(self._stream)
        self.underflows += underflow_index != self._underflow_index
        self._underflow_index = underflow_index

    def pending(self) -> int:
        self._turn()
        timing = self._timing
        heard = timing.read - timing.sink
        if not self._corked and not self._waiting():
            heard += self._since(timing)
        pending = max(0, self._end - heard)
        if pending < 2 * self._block and self._covered <= self._end > 0:
            # PipeWire plays no block that is not full: the last one is filled up with silence.
            self._covered = self._end + self._block
            self._put_silence(self._end, self._covered)
        self._sleep_when_idle(pending)
        return pending

    def rewind(self, fade: int) -> int:
        if self.pending() == 0:
            return 0
        self._cut = True
        timing = self._measure()
        at = min(timing.read + self._block, self._end)
        fade = min(fade, self._end - at)
        faded = self._recent.get(at, fade) * np.linspace(
            1, 0, fade, endpoint=False, dtype=np.float32
        ).reshape(-1, 1)
        dropped = self._end - at - fade
        silence = np.zeros((dropped + self._block, self.channels), np.float32)
        self._put(np.concatenate((faded, silence)), at)
        self._covered = max(self._covered, self._end + self._block)
        self._end = at + fade
        self._recent.put(faded, at)
        return dropped

    def take_back(self, keep: int) -> int:
        if self.pending() == 0:
            return 0
        # What is there is overwritten once, with no silence in between for the server to take.
        at = min(self._measure().read + self._block + keep, self._end)
        taken, self._end = self._end - at, at
        return taken

    def stop(self) -> None:
        # The stream goes on with silence for a while, so that a fade of `rewind` is heard.
        if self._resting_since is None:
            self._resting_since = self._now()

    def default_changed(self) -> bool:
        """The server moves the sound by itself; when at rest, open anew to get the rate of the
        new default."""
        self._turn()
        return (
            self._follows_default
            and self._resting_since is not None
            and self._sink_name() != self._sink
        )

    def close(self) -> None:
        if self._stream:
            self._pulse.pa_stream_disconnect(self._stream)
            self._pulse.pa_stream_unref(self._stream)
            self._stream = None
            self._connection.close()

    def _connect(self, sink_name: str, latency_s: float) -> Any:
        pulse = self._pulse
        # The rate is a placeholder: FIX_RATE takes the sink's.
        spec = libpulse.SampleSpec(libpulse.FLOAT32, 48_000, self.channels)
        stream = pulse.pa_stream_new(self._connection.context, self._title.encode(), spec, None)
        # One frame of prebuffer: when dry the server waits, its index stands still, and what is
        # written next is neither late nor lost.
        frame = _BYTES * self.channels
        depth = round(latency_s * 192_000) * frame
        attributes = libpulse.BufferAttributes(
            2 * depth, depth, frame, round(_BLOCK_S * 48_000) * frame, libpulse.UNSET
        )
        flags = libpulse.FIX_RATE | libpulse.EARLY_REQUESTS
        name = sink_name.encode() or None
        status = pulse.pa_stream_connect_playback(stream, name, attributes, flags, None, None)
        answered = status == 0 and self._connection.wait(
            lambda: pulse.pa_stream_get_state(stream) >= libpulse.STREAM_READY
        )
        if not answered or pulse.pa_stream_get_state(stream) != libpulse.STREAM_READY:
            why = self._connection.why()
            pulse.pa_stream_unref(stream)
            raise OutputError(
                f'the sound server opened no stream on "{sink_name or "the default sink"}": '
                f"{why}; `skaldcast devices` shows what there is"
            )
        return stream

    def _put(self, frames: Frames, at: int) -> None:
        data = frames.tobytes()
        frame = _BYTES * self.channels
        if data and self._pulse.pa_stream_write(
            self._stream, data, len(data), None, at * frame, libpulse.SEEK_ABSOLUTE
        ):
            self._lose(self._connection.why())
        self._connection.turn()  # nothing is sent before

    def _put_silence(self, start: int, end: int) -> None:
        silence = np.zeros((end - start, self.channels), np.float32)
        self._put(silence, start)
        self._recent.put(silence, start)

    def _turn(self) -> None:
        """Deal with what the server has sent; raises `OutputError` when it is lost."""
        if 0.0 <= self._now() - self._turned_s < _TURN_S:
            return
        self._connection.turn()
        self._turned_s = self._now()
        if self._pulse.pa_stream_get_state(self._stream) >= libpulse.STREAM_FAILED:
            self._lose("its sink is gone")
        now = self._now()
        if self._asked is not None:
            if self._connection.finished(self._asked):
                self._take_timing(now)
            elif now - self._asked_at > _STALLED_S:
                self._lose(f"it has not answered for {_STALLED_S:g} s")
        refresh_s = _START_REFRESH_S if self._waiting() else _REFRESH_S
        if self._asked is None and now - self._timing.stamp_s > refresh_s:
            self._ask()

    def _waiting(self) -> bool:
        """Frames are there that the server has not begun to play."""
        return not self._timing.playing and self._timing.read < self._end

    def _ask(self) -> None:
        if self._asked is None:
            self._asked = self._pulse.pa_stream_update_timing_info(self._stream, None, None)
            self._asked_at = self._now()
            self._connection.turn()  # nothing is sent before

    def _measure(self) -> _Timing:
        """The timing of this moment, or what the last one lets expect where no answer comes."""
        end_s = self._now() + _ANSWER_S
        while (left_s := end_s - self._now()) > 0:
            if self._asked is not None:  # its answer would not be of this moment
                self._forget(self._asked)
                self._asked = None
            self._ask()
            if not self._connection.wait(lambda: self._connection.finished(self._asked), left_s):
                break
            self._take_timing(self._now())
            # This thread may have been held up after the answer: it would not be of this moment.
            if self._now() - self._timing.stamp_s < _BLOCK_S / 3:
                return self._timing
        timing = self._timing
        read = min(timing.read + self._since(timing), self._end)
        return _Timing(self._now(), read, timing.sink, True)

    def _since(self, timing: _Timing) -> int:
        return round((self._now() - timing.stamp_s) * self.sample_rate)

    def _take_timing(self, now: float) -> None:
        self._forget(self._asked)
        self._asked = None
        if not (answer := self._pulse.pa_stream_get_timing_info(self._stream)):
            return
        info = answer.contents
        # The server stamps with the wall clock.
        age_s = time.time() - (info.timestamp_s + info.timestamp_us * 1e-6)
        read = info.read_index // (_BYTES * self.channels)
        sink = round(info.sink_usec * 1e-6 * self.sample_rate)
        stamp_s = now - max(0.0, age_s)
        moved = read - sink != self._timing.read - self._timing.sink
        if moved or read >= self._end or self._corked:
            self._moved_at = stamp_s
        elif stamp_s - self._moved_at > _STALLED_S:
            self._lose(f"it has played nothing for {_STALLED_S:g} s")
        self._timing = _Timing(stamp_s, read, sink, bool(info.playing))

    def _sleep_when_idle(self, pending: int) -> None:
        if (
            not self._corked
            and pending == 0
            and self._resting_since is not None
            and self._now() - self._resting_since > _IDLE_S
        ):
            self._forget(self._pulse.pa_stream_cork(self._stream, 1, None, None))
            self._corked = True

    def _forget(self, operation: Any) -> None:
        if operation:
            self._pulse.pa_operation_unref(operation)

    def _sink_name(self) -> str:
        return (self._pulse.pa_stream_get_device_name(self._stream) or b"").decode()

    def _lose(self, why: str) -> NoReturn:
        raise OutputError(
            f"the sound server failed: {why}; start it again, or choose another output "
            "(`skaldcast devices`)"
        )


class _Recent:
    """The frames written last, by their index in the stream."""

    def __init__(self, frames: int, channels: int) -> None:
        self._frames = np.zeros((frames, channels), np.float32)

    def put(self, frames: Frames, at: int) -> None:
        size = len(self._frames)
        skipped = max(0, len(frames) - size)
        self._frames[np.arange(at + skipped, at + len(frames)) % size] = frames[skipped:]

    def get(self, at: int, count: int) -> Frames:
        return self._frames[np.arange(at, at + count) % len(self._frames)]


def list_sinks() -> list[tuple[DeviceRow, Sink]]:
    """The sinks of the sound server; none where no server answers."""
    try:
        connection = Connection()
    except OutputError:
        return []
    try:
        server, sinks = connection.sinks()
    finally:
        connection.close()
    host_api = "PipeWire" if "pipewire" in server.casefold() else "PulseAudio"
    return [(_row(index, sink, host_api), sink) for index, sink in enumerate(sinks)]


def _row(index: int, sink: Sink, host_api: str) -> DeviceRow:
    return DeviceRow(
        index=index,
        name=sink.description,
        host_api=host_api,
        channels=sink.channels,
        sample_rate=sink.sample_rate,
        latency_s=_BLOCK_S,
        is_default=sink.is_default,
        spec="",
    )
