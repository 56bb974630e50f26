"""The player: audio buffer -> resampler -> device, one `step` at a time.

Plain decisions over a reader of the audio buffer and an `OutputDevice`; the clock is an argument.
It writes a deep device buffer (depth is not delay: docs/AUDIO_PIPELINE.md), keeps the position that
was really heard, rewinds on pause and clear, and pads only when the device is about to run dry.
"""

from collections.abc import Callable

import numpy as np

from ..synthesis.synthesizer import Samples
from .audio_buffer import AudioBuffer
from .device import OutputDevice
from .gain_ramp import GainRamp
from .heard_account import HeardAccount
from .heard_silence import HeardSilence
from .messages import RoomMade, RunEnded, RunStarted
from .player_phase import Phase
from .player_times import (
    DRY_S,
    FADE_S,
    FADE_STEPS,
    FILL_MORE_S,
    FILL_S,
    FILL_SHARE,
    FLUSH_S,
    IDLE_S,
    KEEP_S,
    PAD_S,
    RAMP_S,
    RETURN_S,
    STEP_S,
)
from .position_map import PositionMap
from .resampler import Resampler
from .sent_frames import SentFrames

_NOTHING: Samples = np.zeros(0, np.float32)


class Player:
    """Plays an audio buffer on a device. One thread uses it; `notify` gets its messages.

    Each method but `detach` raises `OutputError` when the device is lost; call `detach` then, and
    `attach` with the next one: it goes on from the frame that was heard last.
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
        self._account = HeardAccount(buffer, notify)
        self._cut_at = buffer.heard or None
        """Where sound broke off: a run that goes on there is faded in."""
        self._fade_steps = 0
        self._reset_run()

    @property
    def paused(self) -> bool:
        return self._paused

    def attach(self, device: OutputDevice) -> None:
        """Play on `device` from the frame that was heard last."""
        self._device = device
        self._account.begin_device()
        self._fade_steps = 0
        self._buffer.rewind(self._buffer.heard)
        self._reset_run()

    def detach(self) -> None:
        """The device is gone: what it had not played is played again by the next one."""
        self._device = None
        self._buffer.rewind(self._buffer.heard)
        self._buffer.rest()
        if self._phase is Phase.SOUNDING:
            self._cut_at = self._buffer.heard
        self._reset_run()

    def leave(self, now: float) -> None:
        """Fade out and let go of a device that still works."""
        self._interrupt_run(now)
        self.detach()

    def pause(self, now: float) -> None:
        """Fade out and keep what was not heard; idempotent."""
        if not self._paused:
            self._paused = True
            self._account.count_break(now)
            self._interrupt_run(now)

    def resume(self) -> None:
        """Go on, faded in, from the frame that was heard last; idempotent."""
        self._paused = False

    def set_gain(self, gain: float) -> None:
        """Change the volume, heard at once: what is pending in the device is written anew."""
        if gain == self._gain:
            return
        self._gain = gain
        device = self._device
        if device is None or self._phase is Phase.RESTING:
            return
        keep = round(KEEP_S * device.sample_rate)
        pending = device.pending()
        taken = device.take_back(keep)
        if taken and pending - taken < keep // 2:  # it could only cut the sound off
            self._ramp = GainRamp(0.0)
        again = self._sent.take_back(taken)
        self._written -= again.size
        self._ready = np.concatenate((again, self._ready))
        self._ramp.move(self._written, gain, round(RAMP_S * device.sample_rate))
        self._fill(device)

    @property
    def sounding_at(self) -> int | None:
        """The frame of the audio buffer that is heard now; None where nothing is."""
        if self._device is None or self._map is None or self._phase is not Phase.SOUNDING:
            return None
        return self._position(self._map, self._written - self._device.pending())

    def step(self, now: float) -> float:
        """Do what is due; returns the seconds after which to call again, unless woken."""
        device = self._device
        if device is None:
            return IDLE_S
        self._follow(device, now)
        self._notice_clear(now)
        if self._paused:
            return self._ask_at_rest(device)
        self._fill(device)
        while self._notice_clear(now):  # it came while frames were taken
            self._fill(device)
        if not device.paced:
            self._follow(device, now)
        wait_s = self._settle(device, now)
        if self._phase is Phase.RESTING:
            return min(wait_s, self._ask_at_rest(device))
        self._dry_at = now + self._pending_s(device) if device.paced else None
        self._goes_on = not self._ended
        if device.plays_on and self._map is not None and self._phase is Phase.SOUNDING:
            heard = self._written - device.pending()
            self._account.release(0, now, (self._map.sounds_to(heard, self._written), now))
        return wait_s

    def _reset_run(self) -> None:
        self._phase = Phase.RESTING
        self._written = 0  # device frames since the run began
        self._depth = 0  # what the device holds, without what its sink delays
        self._sent = SentFrames()
        self._resampler: Resampler | None = None
        self._ready = _NOTHING  # device-rate frames that the device has not taken yet
        self._map: PositionMap | None = None
        self._ramp = GainRamp(self._gain)
        self._padding = False  # the stretch of the map that is being written is silence
        self._silence: HeardSilence | None = None
        self._dry_at: float | None = None  # when the device will have played all it was given
        self._goes_on = False  # and more should follow on that

    def _ask_at_rest(self, device: OutputDevice) -> float:
        """Shows that the device is lost, and lets it go on with a rewind that it hands on piece by
        piece, each time it is asked something."""
        device.pending()
        if not self._fade_steps:
            return IDLE_S
        self._fade_steps -= 1
        return RETURN_S

    def _notice_clear(self, now: float) -> bool:
        """Stop what was cleared; true where the buffer was cleared since the last call."""
        if self._buffer.epoch == self._epoch:
            return False
        self._epoch = self._buffer.epoch
        cleared = self._buffer.cleared > self._buffer.heard
        too_far = self._buffer.taken > self._buffer.gate
        if cleared or (too_far and not self._take_back_to_gate()):
            self._interrupt_run(now)
        self._notify(RoomMade())
        return True

    def _take_back_to_gate(self) -> bool:
        """Take back what lies behind the gate though the device has it already, while what lies
        before goes on unbroken; false where it is too late for that."""
        device, gate = self._device, self._buffer.gate
        if device is None or self._map is None or gate < self._buffer.heard:
            return False
        end = self._map.cut(gate)
        pending = device.pending()
        keep = end - (self._written - pending) - round(KEEP_S * device.sample_rate)
        if keep <= 0 or self._silence is None:
            return False
        taken = device.take_back(keep)
        again = self._sent.take_back(taken)
        self._written -= again.size
        self._ready = np.concatenate((again, self._ready))[: max(end - self._written, 0)]
        self._silence.cut(end)
        self._resampler = None  # what comes next is not what it has heard
        self._buffer.rewind(gate)
        only_cut = pending - taken < keep // 2
        return self._written <= end and not only_cut

    def _interrupt_run(self, now: float) -> None:
        """Fade out, and put back into the audio buffer what was not heard."""
        device = self._device
        if device is None or self._map is None:
            return
        if self._phase is Phase.SOUNDING:
            self._count_silence(self._written - device.pending(), now, now, last=True)
        unheard = device.rewind(round(FADE_S * device.sample_rate))
        device.stop()
        heard = max(self._written - unheard, 0)
        if heard and self._phase is Phase.STARTING:
            self._begin(now)
        frame = self._position(self._map, heard)
        self._account.release(frame, now)
        self._buffer.rewind(self._buffer.heard)
        begun = self._phase is Phase.SOUNDING
        self._reset_run()
        self._fade_steps = FADE_STEPS
        if begun:
            self._cut_at = frame
            self._notify(RunEnded(frame, now))

    def _follow(self, device: OutputDevice, now: float) -> None:
        """Tell the audio buffer what has been heard."""
        if self._phase is Phase.RESTING or self._map is None or self._silence is None:
            return
        pending = device.pending()
        heard = self._written - pending
        if heard <= 0:
            return
        self._sent.keep_last(pending)
        dry_s = self._dry_s(now, pending)
        if self._phase is Phase.STARTING:
            self._begin(now - dry_s - (heard / device.sample_rate if device.paced else 0.0))
        if dry_s and self._goes_on and not self._ended:
            self._silence.begin(self._written)
        self._count_silence(heard, now - dry_s, now)
        position = self._position(self._map, heard)
        self._account.release(position, now - dry_s, (position if device.paced else 0, now))
        self._account.count_underflows(device)

    def _dry_s(self, now: float, pending: int) -> float:
        """How long the device has had nothing to play: it was not fed in time, or all is heard."""
        if pending or self._dry_at is None:
            return 0.0
        return max(now - self._dry_at, 0.0)

    def _begin(self, at_s: float) -> None:
        assert self._map is not None
        self._phase = Phase.SOUNDING
        self._cut_at = None
        self._account.count_break(at_s)
        self._notify(RunStarted(self._map.buffer_frame(0), at_s))

    def _position(self, position_map: PositionMap, heard: int) -> int:
        # A resampler's last frame may round upwards.
        return min(position_map.buffer_frame(heard), self._buffer.taken)

    def _count_silence(self, heard: int, at_s: float, now: float, *, last: bool = False) -> None:
        assert self._silence is not None
        self._silence.follow(heard, at_s, at_s if self._ended else now, last=last)
        self._account.count_silence(self._silence)

    @property
    def _ended(self) -> bool:
        """Whether the audio buffer wants no more to be heard: its gate or its end."""
        return self._buffer.at_gate or self._buffer.at_end

    def _fill(self, device: OutputDevice) -> None:
        """Move audio into the device until it, or the audio buffer, has no more."""
        least = self._least_room(device)
        while (room := device.writable()) >= least:
            if self._ready.size == 0:
                frames = max(1, room * self._buffer.sample_rate // device.sample_rate)
                samples = self._buffer.take(frames, epoch=self._epoch)
                if samples.size == 0:
                    return
                self._ready = self._convert(device, samples)
                continue
            self._write(device, self._ready[:room])
            self._ready = self._ready[room:]

    def _least_room(self, device: OutputDevice) -> int:
        """A device that plays makes room all the time: filling up the last frames never ends."""
        if not device.paced:
            return 1
        least = max(round(FILL_S * device.sample_rate), self._depth // FILL_SHARE)
        return min(least, round(FILL_MORE_S * device.sample_rate))

    def _convert(self, device: OutputDevice, samples: Samples) -> Samples:
        first = self._buffer.taken - samples.size
        if self._map is None:
            self._map = PositionMap(self._buffer.sample_rate, device.sample_rate)
            self._silence = HeardSilence(device.sample_rate, self._buffer.sample_rate)
            self._account.skipped = first - self._buffer.heard
            fades_in = device.paced and self._cut_at == first != self._buffer.cleared
            self._ramp = GainRamp(0.0 if fades_in else self._gain)
            if fades_in:
                self._ramp.move(0, self._gain, round(FADE_S * device.sample_rate))
        if self._resampler is None:
            self._resampler = Resampler(self._buffer.sample_rate, device.sample_rate)
            self._map.begin_audio(self._written + self._ready.size, first)
        assert self._silence is not None
        self._padding = False
        self._silence.end(self._written + self._ready.size)
        return self._resampler.process(samples)

    def _write(self, device: OutputDevice, samples: Samples) -> None:
        if self._phase is Phase.RESTING:
            device.start()
            self._phase = Phase.STARTING
            self._depth = device.writable()
        scaled = self._ramp.apply(samples, self._written)
        device.write(np.repeat(scaled[:, None], device.channels, axis=1))
        self._sent.add(samples)
        self._written += samples.size

    def _settle(self, device: OutputDevice, now: float) -> float:
        """Nothing more can be moved now: end the run, pad, or say when to look again."""
        if self._ready.size or self._buffer.available:
            return self._busy_wait(device)
        if self._phase is Phase.RESTING:
            self._flush(device)  # a run shorter than the resampler's delay
            if self._phase is Phase.RESTING:
                if self._map is not None:  # too little for a single frame of the device
                    self._account.release(self._buffer.taken, now)
                    self._reset_run()
                return IDLE_S
        ended = self._ended
        flushes = self._pending_s(device) < FLUSH_S if device.paced else ended
        if flushes:
            self._flush(device)
        if ended:
            return self._rest_when_heard(device, now)
        if device.paced and not self._ready.size and self._pending_s(device) < DRY_S:
            self._pad(device)
        return self._busy_wait(device)

    def _busy_wait(self, device: OutputDevice) -> float:
        if not device.paced:
            return IDLE_S
        if self._phase is Phase.STARTING:
            return RETURN_S
        return max(0.005, min(STEP_S, self._pending_s(device) / 2))

    def _pending_s(self, device: OutputDevice) -> float:
        return device.pending() / device.sample_rate

    def _rest_when_heard(self, device: OutputDevice, now: float) -> float:
        pending_s = self._pending_s(device)
        if pending_s > 0 or self._ready.size:
            return min(STEP_S, max(RETURN_S, pending_s))
        frame = self._buffer.taken  # here: a clear that is noticed in between moves it on
        self._follow(device, now)
        at_s = now - self._dry_s(now, 0)
        self._count_silence(self._written, at_s, at_s, last=True)
        self._account.release(frame, at_s)
        device.stop()
        self._reset_run()
        self._notify(RunEnded(frame, at_s))
        return IDLE_S

    def _flush(self, device: OutputDevice) -> None:
        """Give out what the resampler holds back; the next audio begins a new stretch."""
        if self._resampler is None:
            return
        tail = self._resampler.process(_NOTHING, last=True)
        self._resampler = None
        if tail.size:
            if self._silence is not None:
                self._silence.end(self._written)
            room = device.writable()
            self._write(device, tail[:room])
            self._ready = tail[room:]

    def _pad(self, device: OutputDevice) -> None:
        """An underrun: the device would run dry inside speech."""
        frames = min(round(PAD_S * device.sample_rate), device.writable())
        if frames <= 0 or self._map is None or self._silence is None:
            return
        if not self._padding:
            self._map.begin_silence(self._written, self._buffer.taken)
            self._padding = True
        self._silence.begin(self._written)
        self._write(device, np.zeros(frames, np.float32))
