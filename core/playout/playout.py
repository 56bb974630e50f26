"""The playout: the player and the output that it plays on, held open through losses and changes.

Requests come in, messages go out; no thread or pipe, and the time is an argument.
"""

import contextlib
import logging
from collections.abc import Callable, Generator
from typing import Protocol

from ..errors import OutputError, PlayoutError, SkaldcastError
from ..types import AudioFormat
from .audio_buffer import AudioBuffer
from .device import OutputDevice
from .messages import (
    CloseOutput,
    KeepPace,
    OpeningOutput,
    OpenOutput,
    OutputClosed,
    OutputFailed,
    OutputReady,
    OutputWentAway,
    PausePlayout,
    ResumePlayout,
    SetGain,
)
from .null_device import NullDevice
from .outputs import OutputSpec, open_output, parse_output
from .player import Player

_log = logging.getLogger(__name__)

_REOPEN_S = 0.25
"""Between two tries to open a lost device: soon heard again, and no load."""
_SERVER_RETURNS_S = 5.0
"""How long a lost sound server is waited for before the card itself is taken, which would keep the
server from it: a service manager starts it again within a second or two."""
_WATCH_S = 1.0
"""Between two looks at which device is the default one."""
_LAST_FADE_S = 0.1
"""The longest wait for a fade to be heard before the device is given back; a fade ends within
50 ms."""
_FADE_STEP_S = 0.008
_FAR_AWAY_S = 5.0
"""Who plays the sound and is further away than this is not waited for."""
_FASTER = 0.05
"""An output without a device is hastened by so much at most, far more than clocks differ: the
voice would not follow one who says that he plays twice as fast."""


class OpensOutput(Protocol):
    """What `outputs.open_output` does."""

    def __call__(
        self,
        spec: OutputSpec,
        audio_format: AudioFormat,
        *,
        latency_s: float,
        resume_at_frame: int,
        exclusive: bool,
        served: bool,
    ) -> OutputDevice: ...


class Playout:
    """Plays `buffer` to the output that `opening` names until it is told to close, or fails.

    A device that is lost is opened again by and by; a file that cannot be written is not, as a
    full disk does not mend itself.
    """

    def __init__(
        self,
        opening: OpenOutput,
        buffer: AudioBuffer,
        send: Callable[[object], None],
        *,
        scheduling: str = "",
        open_device: OpensOutput = open_output,
    ) -> None:
        self.ended = False
        self._opening = opening
        self._buffer = buffer
        self._send = send
        self._scheduling = scheduling
        self._open_device = open_device
        self._player = Player(buffer, send, gain=opening.gain)
        self._device: OutputDevice | None = None
        self._opened_at = self._retry_at = 0.0
        self._server_until = self._opened_at
        self._watch_at = 0.0
        self._paced_at = 0.0
        self._held_back = 0  # frames that the output waited for who plays the sound
        self._closed_by: float | None = None

    def begin(self, now: float) -> None:
        """Open the output for the first time in this process."""
        if self._opening.paused:
            self._player.pause(now)
        try:
            self._open(now)
        except SkaldcastError as error:
            if self._opening.waits:
                self._await_device(error, now)
            else:
                self._fail(error)

    def obey(self, request: object, now: float) -> None:
        """Do what main asked."""
        with self._losing(now):
            match request:
                case PausePlayout():
                    self._player.pause(now)
                case ResumePlayout():
                    self._player.resume()
                case KeepPace(frame, at_s):
                    self._keep_pace(frame + round((now - at_s) * self._buffer.sample_rate), now)
                case SetGain(gain):
                    self._player.set_gain(gain)
                case CloseOutput():
                    self._begin_to_close(now)
                case _:
                    _log.error("unknown request %r", request)

    def _keep_pace(self, frame: int, now: float) -> None:
        """Be at `frame`, where there is no device that keeps its own time."""
        device, here = self._device, self._player.sounding_at
        if not isinstance(device, NullDevice) or here is None:
            self._held_back = 0
            return
        passed_s, self._paced_at = min(now - self._paced_at, 1.0), now
        if abs(here - frame) < _FAR_AWAY_S * device.sample_rate:  # else it is not waited for
            # A report that came late made it wait too long: that much it may catch up at once.
            most = self._held_back + round(_FASTER * passed_s * device.sample_rate)
            frames = max(here - frame, -most)
            self._held_back = max(self._held_back + frames, 0)
            device.fall_back(frames)

    def step(self, now: float) -> float:
        """Do what is due; returns the seconds after which to call again, unless woken."""
        device = self._device
        if self.ended or device is None:
            return self._reopen(now)
        with self._losing(now):
            if self._closed_by is not None:
                return self._close_when_faded(device, now)
            if now >= self._watch_at:
                self._watch_at = now + _WATCH_S
                if device.default_changed():
                    return self._change(device, now)
            return self._player.step(now)
        return 0.0

    def _open(self, now: float) -> None:
        self._send(OpeningOutput())
        device = self._open_device(
            parse_output(self._opening.output),
            self._buffer.format,
            latency_s=self._opening.latency_s,
            resume_at_frame=self._buffer.heard - self._buffer.skipped,
            exclusive=self._opening.exclusive,
            served=now < self._server_until,
        )
        self._device = device
        self._opened_at = now
        self._watch_at = now + _WATCH_S
        self._player.attach(device)
        self._send(
            OutputReady(self._opening.output, device.sample_rate, device.paced, self._scheduling)
        )

    def _reopen(self, now: float) -> float:
        if self.ended:
            return 0.0
        if now < self._retry_at:
            return self._retry_at - now
        self._retry_at = now + _REOPEN_S
        with contextlib.suppress(PlayoutError):
            self._open(now)
            return 0.0
        return _REOPEN_S

    def _change(self, device: OutputDevice, now: float) -> float:
        """Another device is the default one now: go on there."""
        self._player.leave(now)
        device.close()
        self._device = None
        try:
            self._open(now)
        except PlayoutError as error:
            self._await_device(error, now)
        return 0.0

    @contextlib.contextmanager
    def _losing(self, now: float) -> Generator[None]:
        """What is lost in here is told about, and opened again by and by if it is a device."""
        try:
            yield
        except OutputError as error:
            device, self._device = self._device, None
            assert device is not None
            self._player.detach()
            self._server_until = now + _SERVER_RETURNS_S if device.served else 0.0
            with contextlib.suppress(OutputError):  # a file may fail once more
                device.close()
            if self._closed_by is not None:
                self._end(OutputClosed())  # there was nothing more to play
            elif device.paced:
                self._await_device(error, now)
            else:
                self._fail(error)

    def _await_device(self, error: SkaldcastError, now: float) -> None:
        # A device that opens and then fails at once is not opened again without a rest.
        self._retry_at = max(now, self._opened_at + _REOPEN_S)
        self._send(OutputWentAway(str(error)))

    def _begin_to_close(self, now: float) -> None:
        device = self._device
        if device is None:
            self._end(OutputClosed())
        elif device.paced:
            self._closed_by = now + _LAST_FADE_S
            self._player.pause(now)
        else:
            self._player.resume()
            self._player.step(now)  # a file takes the rest
            device.close()
            self._end(OutputClosed())

    def _close_when_faded(self, device: OutputDevice, now: float) -> float:
        assert self._closed_by is not None
        if device.pending() and now < self._closed_by:
            return _FADE_STEP_S
        device.close()
        self._end(OutputClosed())
        return 0.0

    def _fail(self, error: SkaldcastError) -> None:
        self._end(OutputFailed(str(error)))

    def _end(self, message: OutputClosed | OutputFailed) -> None:
        self.ended = True
        self._send(message)
