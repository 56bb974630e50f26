"""The player: audio buffer -> resampler -> device, one `step` at a time.

Plain decisions over a reader of the audio buffer and an `OutputDevice`; the clock is an argument.
It writes into a deep device buffer (depth is not delay: docs/AUDIO_PIPELINE.md), keeps the
position that was really heard, rewinds on pause and clear, and pads silence only when the device
itself is about to run dry.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import numpy as np

from ..synthesis.synthesizer import Samples
from .audio_buffer import AudioBuffer
from .device import OutputDevice
from .messages import RoomMade, RunEnded, RunStarted, UnderflowsReported
from .position_map import PositionMap
from .resampler import Resampler

FADE_S = 0.010
"""Fade on pause, resume and stop: short to the hand, long enough not to click."""
_DRY_S = 0.040
"""Below so much pending the device is about to run dry: one step and one scheduling delay."""
_FLUSH_S = 0.080
"""Below so much pending the resampler's held-back tail is given out."""
_PAD_S = 0.010
"""Silence padded at a time, so that speech that comes after all is not kept waiting."""
STEP_S = 0.040
"""The longest wait between two steps while sound is playing."""
_RETURN_S = 0.008
"""Waiting for the device to say that it has begun, or that it has played its last."""
_FADE_STEPS = 10
"""Steps after a rewind in which the device is asked; 1 s of overwritten frames took 3."""
IDLE_S = 1.0
"""The longest wait between two steps otherwise: only to notice a lost or changed device."""
_NOTHING: Samples = np.zeros(0, np.float32)


class _Phase(Enum):
    RESTING = "resting"
    """The device is stopped, everything written has been heard."""
    STARTING = "starting"
    """Frames were written, none is known to have been heard."""
    SOUNDING = "sounding"


@dataclass(frozen=True, slots=True)
class _Ramp:
    start: float
    end: float
    frames: int


class Player:
    """Plays an audio buffer on a device. One thread uses it; `notify` gets its messages.

    `step` raises `OutputError` when the device is lost; call `detach` then, and `attach` with the
    next one: it goes on from the frame that was heard last.
    """

    def __init__(
        self, buffer: AudioBuffer, notify: Callable[[object], None], *, gain: float = 1.0
    ) -> None:
        self._buffer = buffer
        self._notify = notify
        self._gain = gain
        self._device: OutputDevice | None = None
        self._paused = False
        self._epoch = buffer.epoch
        self._room_reported_at = buffer.heard
        self._underflows_reported = 0
        self._reset_run()

    @property
    def paused(self) -> bool:
        return self._paused

    def attach(self, device: OutputDevice) -> None:
        """Play on `device` from the frame that was heard last."""
        self._device = device
        self._buffer.rewind(self._buffer.heard)
        self._reset_run()

    def detach(self) -> None:
        """The device is gone: what it had not played is played again by the next one."""
        self._device = None
        self._buffer.rewind(self._buffer.heard)
        self._reset_run()

    def pause(self, now: float) -> None:
        """Fade out and keep what was not heard; idempotent."""
        if not self._paused:
            self._paused = True
            self._interrupt_run(now)

    def resume(self) -> None:
        """Go on, faded in, from the frame that was heard last; idempotent."""
        self._paused = False

    def set_gain(self, gain: float, now: float) -> None:
        """Change the volume, heard at once: what is pending in the device is rewound."""
        if gain != self._gain:
            self._interrupt_run(now)
            self._gain = gain

    def step(self, now: float) -> float:
        """Do what is due; returns the seconds after which to call again, unless woken."""
        device = self._device
        if device is None:
            return IDLE_S
        self._follow(device, now)
        if self._buffer.epoch != self._epoch:
            self._epoch = self._buffer.epoch
            self._interrupt_run(now)
        if not self._paused:
            self._fill(device)
            wait_s = self._settle(device, now)
        else:
            wait_s = IDLE_S
        return min(wait_s, self._send_rest_of_fade(device))

    def _send_rest_of_fade(self, device: OutputDevice) -> float:
        """A device may hand a rewind on piece by piece, each time it is asked something."""
        if self._phase is not _Phase.RESTING or not self._fade_steps:
            return IDLE_S
        self._fade_steps -= 1
        device.pending()
        return _RETURN_S

    def _reset_run(self) -> None:
        self._phase = _Phase.RESTING
        self._written = 0  # device frames since the run began
        self._resampler: Resampler | None = None
        self._ready = _NOTHING  # device-rate frames that the device has not taken yet
        self._map: PositionMap | None = None
        self._fade_in: _Ramp | None = None
        self._padding = False
        self._fade_steps = 0

    def _interrupt_run(self, now: float) -> None:
        """Fade out, and put back into the audio buffer what was not heard."""
        device = self._device
        if device is None or self._phase is _Phase.RESTING or self._map is None:
            return
        unheard = device.rewind(round(FADE_S * device.sample_rate))
        frame = self._map.buffer_frame(max(self._written - unheard, 0))
        device.stop()
        self._release(frame, now)
        self._buffer.rewind(self._buffer.heard)
        self._reset_run()
        self._fade_steps = _FADE_STEPS
        frames = round(FADE_S * device.sample_rate)
        self._fade_in = _Ramp(0.0, 1.0, frames)
        self._notify(RunEnded(frame, now))

    def _follow(self, device: OutputDevice, now: float) -> None:
        """Tell the audio buffer what has been heard."""
        if self._phase is _Phase.RESTING or self._map is None:
            return
        heard = self._written - device.pending()
        if heard <= 0:
            return
        frame = self._map.buffer_frame(heard)
        if self._phase is _Phase.STARTING:
            self._phase = _Phase.SOUNDING
            first = self._map.buffer_frame(0)
            self._notify(RunStarted(first, now - heard / device.sample_rate))
        self._release(frame, now)
        if device.underflows != self._underflows_reported:
            self._underflows_reported = device.underflows
            self._notify(UnderflowsReported(device.underflows))

    def _release(self, frame: int, now: float) -> None:
        if frame <= self._buffer.heard:
            return
        self._buffer.release(frame, now)
        if frame - self._room_reported_at >= self._buffer.capacity // 8:
            self._room_reported_at = frame
            self._notify(RoomMade())

    def _fill(self, device: OutputDevice) -> None:
        """Move audio into the device until it, or the audio buffer, has no more."""
        while (room := device.writable()) > 0:
            if self._ready.size == 0:
                frames = max(1, room * self._buffer.sample_rate // device.sample_rate)
                samples = self._buffer.take(frames, epoch=self._epoch)
                if samples.size == 0:
                    return
                self._ready = self._convert(device, samples)
                continue
            self._write(device, self._ready[:room])
            self._ready = self._ready[room:]

    def _convert(self, device: OutputDevice, samples: Samples) -> Samples:
        if self._map is None:
            self._map = PositionMap(self._buffer.sample_rate, device.sample_rate)
        if self._resampler is None:
            self._resampler = Resampler(self._buffer.sample_rate, device.sample_rate)
            first = self._buffer.taken - samples.size
            self._map.begin_audio(self._written + self._ready.size, first)
        self._padding = False
        return self._resampler.process(samples)

    def _write(self, device: OutputDevice, samples: Samples) -> None:
        if self._phase is _Phase.RESTING:
            device.start()
            self._phase = _Phase.STARTING
        self._written += samples.size
        samples = samples * np.float32(self._gain) if self._gain != 1.0 else samples
        if self._fade_in is not None:
            samples = self._faded_in(samples, self._fade_in)
        device.write(np.repeat(samples[:, None], device.channels, axis=1))

    def _faded_in(self, samples: Samples, ramp: _Ramp) -> Samples:
        count = min(samples.size, ramp.frames)
        step = (ramp.end - ramp.start) / ramp.frames
        reached = ramp.start + count * step
        faded = samples.copy()
        faded[:count] *= np.linspace(ramp.start, reached, count, endpoint=False, dtype=np.float32)
        rest = ramp.frames - count
        self._fade_in = _Ramp(reached, ramp.end, rest) if rest else None
        return faded

    def _settle(self, device: OutputDevice, now: float) -> float:
        """Nothing more can be moved now: end the run, pad, or say when to look again."""
        if self._phase is _Phase.RESTING and self._ready.size == 0:
            self._flush(device)  # a run shorter than the resampler's delay
            if self._phase is _Phase.RESTING:
                return IDLE_S
        if self._ready.size or self._buffer.available:
            return self._busy_wait(device)
        pending_s = device.pending() / device.sample_rate
        ended = self._buffer.at_gate or self._buffer.at_end
        if (device.paced and pending_s < _FLUSH_S) or (ended and not device.paced):
            self._flush(device)
        if ended:
            return self._rest_when_heard(device, now)
        if device.paced and pending_s < _DRY_S:
            self._pad(device)
        return self._busy_wait(device)

    def _busy_wait(self, device: OutputDevice) -> float:
        if not device.paced:
            return IDLE_S
        if self._phase is _Phase.STARTING:
            return _RETURN_S
        return max(0.005, min(STEP_S, device.pending() / device.sample_rate / 2))

    def _rest_when_heard(self, device: OutputDevice, now: float) -> float:
        pending = device.pending()
        if pending > 0 or self._ready.size:
            return min(STEP_S, max(_RETURN_S, pending / device.sample_rate))
        if self._phase is _Phase.STARTING:
            self._follow(device, now)
        self._release(self._buffer.taken, now)
        device.stop()
        frame = self._buffer.taken
        self._reset_run()
        self._notify(RunEnded(frame, now))
        return IDLE_S

    def _flush(self, device: OutputDevice) -> None:
        """Give out what the resampler holds back; the next audio begins a new stretch."""
        if self._resampler is None:
            return
        tail = self._resampler.process(_NOTHING, last=True)
        self._resampler = None
        if tail.size:
            room = device.writable()
            self._write(device, tail[:room])
            self._ready = tail[room:]

    def _pad(self, device: OutputDevice) -> None:
        """An underrun: the device would run dry inside speech."""
        frames = min(round(_PAD_S * device.sample_rate), device.writable())
        if frames <= 0 or self._map is None:
            return
        if not self._padding:
            self._map.begin_silence(self._written, self._buffer.taken)
        counted = round(frames * self._buffer.sample_rate / device.sample_rate)
        self._buffer.count_underrun(counted, new_event=not self._padding)
        self._padding = True
        self._write(device, np.zeros(frames, np.float32))
