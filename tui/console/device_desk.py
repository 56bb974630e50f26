"""Looks at output devices, tries and chooses one. What talks to drivers is a process of its own."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ...core.config import LoadedSettings
from ...core.errors import ConfigError, SkaldcastError, StateError
from ...core.playout.device import DeviceRow
from ...core.playout.device_looking import look_for_devices, try_device
from ...core.playout.device_table import find_device
from ...core.playout.outputs import OutputKind, parse_output
from .works import Work, Works

DEFAULT = "device"
"""What ``--output`` calls the system's own choice, followed where it changes."""


class DeviceSetup(Protocol):
    """Where the output is kept. Called in threads; raises `ConfigError`."""

    def load_settings(self) -> LoadedSettings: ...

    def save_settings(self, values: Mapping[str, object]) -> Path: ...


@dataclass(frozen=True, slots=True)
class OutputRow:
    """What can be chosen: a device, or the system's default."""

    spec: str
    device: DeviceRow
    is_chosen: bool
    """The settings name it."""
    is_used: bool
    """It is where the voice goes."""
    measured_s: float | None = None
    """From a write into it until it was heard, by the last test tone."""

    @property
    def follows_default(self) -> bool:
        return self.spec == DEFAULT


class DeviceDesk:
    """`switch` lets the voice go on there; it raises `ConfigError` where only a restart can.
    `restart` starts the voice again, `narrates` says whether something is spoken."""

    def __init__(
        self,
        setup: DeviceSetup,
        works: Works,
        changed: Callable[[], None],
        switch: Callable[[str], None],
        restart: Callable[[], None],
        narrates: Callable[[], bool],
    ) -> None:
        self.output = ""
        """What the settings say."""
        self.problem = ""
        """Why there is no device to choose; empty where there is one."""
        self._devices: Sequence[DeviceRow] = ()
        self._measured: dict[str, float] = {}
        self._setup = setup
        self._works = works
        self._changed = changed
        self._switch = switch
        self._restart = restart
        self._narrates = narrates

    async def open(self) -> None:
        """Look at what is there now; raises `ConfigError`."""
        loaded = await asyncio.to_thread(self._setup.load_settings)
        self.output = loaded.settings.output
        try:
            self._devices, self.problem = await look_for_devices(), ""
        except SkaldcastError as error:
            self._devices, self.problem = (), str(error)
        if not self._devices and not self.problem:
            self.problem = "no output device found; connect or switch on one, and press r"

    @property
    def rows(self) -> list[OutputRow]:
        """The system's default first."""
        chosen = _target(self.output)
        used = None if chosen is None else _find(self._devices, chosen)
        default = next((d for d in self._devices if d.is_default), None)
        rows = [] if default is None else [self._row(DEFAULT, default, chosen == "", None)]
        return rows + [
            self._row(device.spec, device, bool(chosen) and device is used, used)
            for device in self._devices
        ]

    def _row(
        self, spec: str, device: DeviceRow, is_chosen: bool, used: DeviceRow | None
    ) -> OutputRow:
        return OutputRow(spec, device, is_chosen, device is used, self._measured.get(spec))

    def sound(self, row: OutputRow) -> None:
        """Play a tone on it, as long work. Raises `StateError` where that would disturb."""
        if self._narrates() and (row.is_used or row.is_chosen):
            raise StateError("something is being spoken there: try it once it is quiet")

        async def doing(_: Work) -> str:
            heard = await try_device(row.spec)
            self._measured[row.spec] = heard.latency_s
            self._changed()
            return (
                f"the tone on {row.device.name} was heard after {heard.latency_s * 1000:.0f} ms, "
                f"at {heard.sample_rate / 1000:g} kHz"
            )

        self._works.start("Test tone", doing)

    async def choose(self, row: OutputRow) -> str:
        """Let the voice go there, and keep that in the settings; what to tell. Raises
        `ConfigError` where it cannot be kept."""
        place = await asyncio.to_thread(self._setup.save_settings, {"output": row.spec})
        self.output = row.spec
        name = "the system's default" if row.follows_default else row.device.name
        try:
            self._switch(row.spec)
            told = "the voice goes on there"
        except ConfigError:  # it wrote a file until now
            self._restart()
            told = "the voice is started again for it"
        self._changed()
        return f"the output is {name}, saved in {place}; {told}"


def _target(output: str) -> str | None:
    """The device's name in what the settings say; None where that is no device."""
    try:
        spec = parse_output(output)
    except ConfigError:
        return None
    return spec.target if spec.kind is OutputKind.DEVICE else None


def _find(devices: Sequence[DeviceRow], target: str) -> DeviceRow | None:
    try:
        return find_device(devices, target)
    except SkaldcastError:
        return None
