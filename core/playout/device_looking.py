"""Output devices looked at, and tried, in a process of their own: PortAudio's list is frozen while
a stream is open, and a driver may take its time."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..errand import ask_child
from .device import DeviceRow
from .trial_tone import ToneHeard

_MODULE = f"{__package__}.device_worker"


@dataclass(frozen=True, slots=True)
class ListDevices:
    """Request: the output devices, freshly enumerated."""


@dataclass(frozen=True, slots=True)
class TryDevice:
    """Request: a tone on the output of this spec."""

    output: str


async def look_for_devices() -> Sequence[DeviceRow]:
    """As `outputs.list_devices`; raises `OutputError` or `ProcessError`."""
    return await ask_child("listing the output devices", _MODULE, ListDevices())


async def try_device(output: str) -> ToneHeard:
    """Play a short, quiet tone; raises `OutputError`, `ConfigError` or `ProcessError`. Cancelled,
    it falls silent."""
    return await ask_child("the test tone", _MODULE, TryDevice(output))
