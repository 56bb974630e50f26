"""The table of output devices: which one a name means, and which one is the default. No I/O."""

from collections.abc import Sequence
from dataclasses import replace

from ..errors import UnknownDeviceError
from .device import DeviceRow

HOST_API_ORDER = (
    "Windows WASAPI",
    "Core Audio",
    "PipeWire",
    "PulseAudio",
    "ALSA",
    "JACK Audio Connection Kit",
    "Windows DirectSound",
    "Windows WDM-KS",
    "MME",
)
"""Host APIs, the preferred first. Those of one system only ever compete with each other; MME, which
PortAudio itself proposes on Windows, resamples, cuts names at 31 characters and comes last. What
is not listed (ASIO takes the device for itself) is used on request only."""


def with_specs(rows: Sequence[DeviceRow]) -> list[DeviceRow]:
    """The rows with the spec that selects each, and with the default marked."""
    default = default_device(rows) if rows else None
    return [
        replace(row, spec=f"device:{_shortest(rows, row)}", is_default=row is default)
        for row in rows
    ]


def default_device(rows: Sequence[DeviceRow]) -> DeviceRow:
    """What ``--output device`` takes: the preferred host API's own default.

    `is_default` of the rows given marks the default of each host API. Raises `UnknownDeviceError`
    where there is no device at all.
    """
    ranked = sorted(
        (row for row in rows if row.host_api in HOST_API_ORDER),
        key=lambda row: (HOST_API_ORDER.index(row.host_api), not row.is_default, row.index),
    )
    if not ranked:
        raise UnknownDeviceError(
            "no output device found; connect or switch on one, or write to a file with "
            "--output wav:PATH"
        )
    return ranked[0]


def find_device(rows: Sequence[DeviceRow], name: str) -> DeviceRow:
    """The row that `name` means: ``""`` (the default), ``INDEX``, ``NAME``, ``NAME@HOST_API``,
    ``@HOST_API`` (its default), or a part of a name that one device has, case ignored.

    Where several host APIs offer a device of that name the preferred one is taken. Raises
    `UnknownDeviceError`, which names the devices there are, where none or several are meant.
    """
    if not name:
        return default_device(rows)
    if name.isascii() and name.isdecimal():
        found = [row for row in rows if row.index == int(name)]
    else:
        found = _by_name(rows, name)
    if len(found) == 1:
        return found[0]
    there = ", ".join(sorted({f'"{row.name}"' for row in found or rows})) or "none"
    problem = f'several output devices match "{name}"' if found else f'no output device "{name}"'
    raise UnknownDeviceError(
        f"{problem}; there are: {there}; `skaldcast devices` shows the spec that selects each"
    )


def _by_name(rows: Sequence[DeviceRow], name: str) -> list[DeviceRow]:
    if exact := [row for row in rows if row.name == name]:
        return _preferred(exact)
    device_name, at, host_api = name.rpartition("@")
    if at:
        host = [row for row in rows if host_api.casefold() in row.host_api.casefold()]
        if not device_name:
            return [row for row in host if row.is_default][:1] or host[:1]
        if found := [row for row in host if row.name == device_name] or _containing(
            host, device_name
        ):
            return found
    return _preferred(_containing(rows, name))


def _containing(rows: Sequence[DeviceRow], part: str) -> list[DeviceRow]:
    folded = part.casefold()
    same = [row for row in rows if row.name.casefold() == folded]
    return same or [row for row in rows if folded in row.name.casefold()]


def _preferred(rows: list[DeviceRow]) -> list[DeviceRow]:
    """Those of the most preferred host API among them."""
    for host_api in HOST_API_ORDER:
        if of_this := [row for row in rows if row.host_api == host_api]:
            return of_this
    return rows


def _shortest(rows: Sequence[DeviceRow], row: DeviceRow) -> str:
    for candidate in (row.name, f"{row.name}@{row.host_api}"):
        try:
            if find_device(rows, candidate) is row:
                return candidate
        except UnknownDeviceError:
            continue
    return str(row.index)
