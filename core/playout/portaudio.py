"""Outputs through PortAudio. The only file that imports sounddevice, and only when asked."""

import contextlib
import ctypes
import functools
import os
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from ..clock import monotonic_s
from ..errors import OutputError
from .default_device import default_device_id
from .device import DeviceRow, Frames
from .played_estimate import PlayedEstimate

_SERVER_DEVICES = ("default", "pulse", "pipewire", "sysdefault")
"""ALSA devices behind which a sound server sits: PortAudio proposes 44.1 kHz for them, whatever
the server runs at, and 48 kHz is what it usually runs at."""
_ALSA_PERIOD_S = 0.010
"""An ALSA stream begins to play once a period is there, and tells its room in periods. PortAudio
would divide the depth by four: at 1 s a word of 0.2 s was never heard."""
_DELAY_S = 0.003
"""From a write into a dry device until it is heard. Measured through ALSA to PulseAudio: 0-1 ms to
the sink's monitor; the position told is then 8 ms behind the monitor, 14 at most."""
_STALLED_S = 3.0
"""A device that takes nothing for so long, though it is full, is lost. PulseAudio's null sink
plays up to 2 s of its own silence before what a new stream brings."""


def list_devices(asio: bool = False) -> list[DeviceRow]:
    """Every output device, freshly enumerated; ASIO drivers only on request, as they may seize
    their device. No stream may be open in this process. Raises `OutputError` without PortAudio."""
    sd = _sounddevice(asio)
    try:
        # PortAudio's list is frozen at initialisation.
        sd._terminate()
        sd._initialize()
        host_apis = sd.query_hostapis()
        rows = [
            DeviceRow(
                index=device["index"],
                name=device["name"],
                host_api=host_apis[device["hostapi"]]["name"],
                channels=device["max_output_channels"],
                sample_rate=_sample_rate(device, host_apis[device["hostapi"]]["name"]),
                latency_s=device["default_high_output_latency"],
                is_default=device["index"] == host_apis[device["hostapi"]]["default_output_device"],
                spec="",
            )
            for device in sd.query_devices()
            if device["max_output_channels"] > 0
        ]
    except sd.PortAudioError as error:
        raise OutputError(f"cannot list output devices: {_text(error)}") from error
    return rows


def _sample_rate(device: Any, host_api: str) -> int:
    if host_api == "ALSA" and device["name"] in _SERVER_DEVICES:
        return 48_000
    return round(device["default_samplerate"])


class PortAudioDevice:
    """A device out of `list_devices`, written into a buffer `latency_s` deep.

    Depth is not delay: what is written into an empty buffer is heard at once. Raises
    `OutputError`; after it, list the devices anew and open one.
    """

    paced = True
    plays_on = False  # through ALSA it may; better heard twice than never

    def __init__(
        self,
        row: DeviceRow,
        latency_s: float = 1.0,
        exclusive: bool = False,
        follow_default: bool = False,
        now: Callable[[], float] = monotonic_s,
    ) -> None:
        self.row = row
        self.served = row.host_api == "ALSA" and row.name in _SERVER_DEVICES
        self._default = default_device_id() if follow_default else None
        self.sample_rate = self.row.sample_rate
        self.underflows = 0
        self._sd = _sounddevice()
        self._now = now
        self._stream = self._open(latency_s, exclusive)
        self.channels: int = self._stream.channels
        self._started = False
        self._capacity = round(latency_s * self.sample_rate)
        """Frames in the buffer when full: what was asked for, until started."""
        self._estimate = PlayedEstimate(self.sample_rate, _DELAY_S)
        self._room = 0
        self._room_since_s = 0.0
        """When `_room` last changed, or the buffer was not full."""

    def start(self) -> None:
        if self._started:
            return
        try:
            self._stream.start()
            self._capacity = self._room = self._stream.write_available
        except self._sd.PortAudioError as error:
            raise self._lost(_text(error)) from error
        self._started = True
        self._estimate.clear()
        self._room_since_s = self._now()

    def writable(self) -> int:
        if not self._started:
            return self._capacity
        try:
            room: int = self._stream.write_available
            active: bool = self._stream.active
        except self._sd.PortAudioError as error:
            raise self._lost(_text(error)) from error
        now = self._now()
        if not active:
            raise self._lost("it stopped by itself")
        if room != self._room or room >= self._capacity:
            self._room, self._room_since_s = room, now
        elif now - self._room_since_s > _STALLED_S:
            raise self._lost(f"it played nothing for {_STALLED_S:g} s")
        self._estimate.observe(self._capacity - room, now)
        return room

    def write(self, frames: Frames) -> None:
        self.start()
        try:
            underflowed: bool = self._stream.write(
                np.ascontiguousarray(frames, dtype=np.float32).data
            )
        except self._sd.PortAudioError as error:
            raise self._lost(_text(error)) from error
        self.underflows += underflowed
        self._estimate.wrote(len(frames), self._now())

    def pending(self) -> int:
        self.writable()
        return self._estimate.pending(self._now())

    def rewind(self, fade: int) -> int:
        # PortAudio takes nothing back: the sound is cut, not faded (measured: silent within 1 ms,
        # in one step as large as the signal; a fade written after a restart is not heard).
        del fade
        dropped = self.pending()
        self._halt(self._stream.abort)
        return dropped

    def take_back(self, keep: int) -> int:
        return self.rewind(keep)

    def stop(self) -> None:
        # Waits for what may be left, except with ALSA; there the estimate is late, not early.
        self._halt(self._stream.stop)

    def _halt(self, how: Callable[[], None]) -> None:
        if not self._started:
            return
        self._started = False
        self._estimate.clear()
        try:
            how()
        except self._sd.PortAudioError as error:
            raise self._lost(_text(error)) from error

    def default_changed(self) -> bool:
        return self._default is not None and default_device_id() not in (None, self._default)

    def close(self) -> None:
        self._started = False
        self._stream.close(ignore_errors=True)

    def _open(self, latency_s: float, exclusive: bool) -> Any:
        sd = self._sd
        wasapi = "WASAPI" in self.row.host_api
        if self.row.host_api == "ALSA":
            _set_alsa_periods(sd, max(4, round(latency_s / _ALSA_PERIOD_S)))
        try:
            for channels in dict.fromkeys((min(2, self.row.channels), self.row.channels)):
                try:
                    return sd.RawOutputStream(
                        device=self.row.index,
                        samplerate=self.sample_rate,
                        channels=channels,
                        dtype="float32",
                        latency=latency_s,
                        extra_settings=sd.WasapiSettings(exclusive=exclusive) if wasapi else None,
                        clip_off=True,
                        dither_off=True,
                    )
                except sd.PortAudioError as error:
                    # WASAPI may insist on all channels of its mix format.
                    if channels == self.row.channels:
                        raise self._lost(_text(error)) from error
        except ValueError as error:
            raise self._lost(str(error)) from error
        raise AssertionError("a device without channels is not in the table")

    def _lost(self, why: str) -> OutputError:
        return OutputError(
            f'output device "{self.row.name}" ({self.row.host_api}) failed: {why}; '
            "connect it again or choose another (`skaldcast devices`)"
        )


def _set_alsa_periods(sd: Any, count: int) -> None:
    """Into how many periods PortAudio divides the buffers of the streams opened from now on."""
    with contextlib.suppress(OSError, AttributeError):
        # Not among what sounddevice declares; the library is loaded already, by this name.
        ctypes.CDLL(sd._libname).PaAlsa_SetNumPeriods(count)


@functools.cache
def _silence_alsa() -> Any:
    """Keep ALSA from writing each underrun, and each device it cannot open, to standard error.

    The handler returned must live as long as the process; the cache sees to that.
    """
    handler = ctypes.CFUNCTYPE(None)(lambda: None)
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libasound.so.2").snd_lib_error_set_handler(handler)
    return handler


def _sounddevice(asio: bool = False) -> Any:
    if asio and "sounddevice" not in sys.modules:
        # Chooses PortAudio's build with ASIO; only read while sounddevice is imported.
        os.environ["SD_ENABLE_ASIO"] = "1"
    if sys.platform == "linux":
        _silence_alsa()
    try:
        import sounddevice  # pyright: ignore[reportMissingTypeStubs]
    except OSError as error:
        raise OutputError(
            f"PortAudio could not be loaded ({error}): install it (Debian, Ubuntu: "
            "`apt install libportaudio2`) or write to a file with --output wav:PATH"
        ) from error
    return sounddevice


def _text(error: Exception) -> str:
    return str(error).replace("\n", " ")
