"""What ``--output`` means: parses the spec, opens what it names."""

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from ..errors import ConfigError, OutputError, UnknownDeviceError
from ..types import AudioFormat
from ..user_path import user_path
from .device import DeviceRow, OutputDevice
from .device_table import find_device, with_specs

if TYPE_CHECKING:
    from .libpulse import Sink

_SERVER_FIRST = sys.platform not in ("win32", "darwin")
"""Whether a sound server's default device is the system's: `device_table.HOST_API_ORDER`."""
_WINDOWS_DEVICES = frozenset(
    (
        *("con", "prn", "aux", "nul", "conin$", "conout$"),
        *(f"{port}{number}" for port in ("com", "lpt") for number in "123456789¹²³"),
    )
)


class OutputKind(StrEnum):
    """Where the sound goes."""

    DEVICE = "device"
    WAV = "wav"
    """A file: WAV, or FLAC where its name ends in ``.flac``."""
    NULL = "null"
    """Nowhere, in real time."""
    WEBRTC = "webrtc"
    """Listeners in browsers alone, in real time: to this machine it is silence."""


@dataclass(frozen=True, slots=True)
class OutputSpec:
    """A parsed ``--output``."""

    kind: OutputKind
    target: str = ""
    """A device's name, index, ``NAME@HOST_API`` or ``@HOST_API`` (empty: the default device), or
    a file's path."""

    @property
    def is_file(self) -> bool:
        return self.kind is OutputKind.WAV


def parse_output(spec: str) -> OutputSpec:
    """Read ``device``, ``device:NAME-OR-INDEX``, ``wav:PATH``, ``webrtc`` or ``null``.

    Raises `ConfigError` where it is none of them. Whether device and file exist shows when opened.
    """
    kind, _, target = spec.strip().partition(":")
    match kind.casefold():
        case "device":
            return OutputSpec(OutputKind.DEVICE, target.strip())
        case "wav" if target:
            return OutputSpec(OutputKind.WAV, target)
        case "null" | "webrtc" if not target:
            return OutputSpec(OutputKind(kind.casefold()))
        case _:
            raise ConfigError(
                f'unknown output "{spec}": give device, device:NAME-OR-INDEX, wav:PATH '
                "(PATH ending in .flac gives FLAC), webrtc or null"
            )


def names_windows_device(name: str) -> bool:
    """Whether Windows, at least some versions, opens a device where a file of this name is meant:
    in any folder, with any extension."""
    return re.split(r"[.:]", name, maxsplit=1)[0].rstrip(" ").casefold() in _WINDOWS_DEVICES


def open_output(
    spec: OutputSpec,
    audio_format: AudioFormat,
    latency_s: float = 1.0,
    resume_at_frame: int = 0,
    exclusive: bool = False,
    served: bool = False,
    title: str = "",
) -> OutputDevice:
    """Open an output; a device takes its own rate and channels, the others `audio_format`.

    `resume_at_frame` lets a file go on there. `exclusive` asks WASAPI for the device alone.
    `served` takes a device of a sound server only: the card itself would be kept from it. `title`
    tells a second output from the first one in the system's mixer. Raises `UnknownDeviceError` or
    `OutputError`.
    """
    match spec.kind:
        case OutputKind.NULL | OutputKind.WEBRTC:
            from .null_device import NullDevice

            return NullDevice(audio_format, latency_s)
        case OutputKind.WAV:
            from .sound_file import FlacFile, WavFile

            path = user_path(spec.target)
            if sys.platform == "win32" and names_windows_device(path.name):
                raise OutputError(
                    f"cannot write {path}: Windows keeps the name {path.name} for a device; "
                    "choose another name, or --output null for no sound"
                )
            writer = FlacFile if path.suffix.casefold() == ".flac" else WavFile
            return writer(path, audio_format, resume_at_frame)
        case OutputKind.DEVICE:
            return _open_device(spec.target, audio_format, latency_s, exclusive, served, title)


def list_devices(name: str = "") -> list[DeviceRow]:
    """Every output device, the sinks of a sound server among them; refreshed, so no PortAudio
    stream may be open in this process.

    ASIO drivers are listed only where `name` asks for ASIO, as they may seize their device. Raises
    `OutputError` where neither a sound server nor PortAudio is there.
    """
    from . import pulseaudio

    return _table(pulseaudio.list_sinks(), name)[0]


def _table(
    sinks: "Sequence[tuple[DeviceRow, Sink]]", name: str
) -> tuple[list[DeviceRow], dict[int, str]]:
    """All devices, and the sound server's name for those that are its sinks."""
    from . import portaudio

    try:
        rows = portaudio.list_devices(asio="asio" in name.casefold())
    except OutputError:
        if not sinks:
            raise
        rows = []
    first = max((row.index for row in rows), default=-1) + 1
    sink_rows = [replace(row, index=first + n) for n, (row, _) in enumerate(sinks)]
    names = {first + n: sink.name for n, (_, sink) in enumerate(sinks)}
    return with_specs(rows + sink_rows), names


def _open_device(
    name: str,
    audio_format: AudioFormat,
    latency_s: float,
    exclusive: bool,
    served: bool,
    title: str,
) -> OutputDevice:
    from . import pulseaudio
    from .pulseaudio import PulseDevice

    sinks = pulseaudio.list_sinks()
    if served and not sinks:
        raise OutputError("the sound server has not come back; start it, or wait for it")
    if sinks and not name and _SERVER_FIRST:
        # PortAudio is not asked: it takes 0.2 s to load and to look for devices.
        return PulseDevice("", latency_s, audio_format.channels, title=title)
    rows, sink_names = _table(sinks, name)
    try:
        row = find_device(rows, name)
    except UnknownDeviceError:
        if name not in sink_names.values():
            raise
        return PulseDevice(name, latency_s, audio_format.channels, title=title)
    if row.index in sink_names:
        sink_name = sink_names[row.index] if name else ""
        return PulseDevice(sink_name, latency_s, audio_format.channels, title=title)
    from .portaudio import PortAudioDevice

    return PortAudioDevice(row, latency_s, exclusive, follow_default=not name)
