"""The process that looks at output devices and plays the tone on one: see `device_looking`."""

import signal
from threading import Event
from typing import Any

from ..clock import monotonic_s
from ..errand import answer_once
from ..errors import ConfigError
from ..types import AudioFormat
from .device_looking import ListDevices, TryDevice
from .outputs import list_devices, open_output, parse_output
from .trial_tone import ToneHeard, sound_tone

_DEPTH_S = 0.2


def _answer(question: Any) -> object:
    match question:
        case ListDevices():
            return list_devices()
        case TryDevice(output=output):
            return _try(output)
        case _:
            raise AssertionError(question)


def _try(output: str) -> ToneHeard:
    spec = parse_output(output)
    if spec.is_file:
        raise ConfigError("a file needs no test tone: choose a device")
    device = open_output(spec, AudioFormat(48_000), _DEPTH_S, title="test tone")
    try:
        return sound_tone(device, monotonic_s, Event().wait)
    finally:
        device.close()


def main() -> None:
    # Ctrl-C reaches the whole process group; main decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answer_once(_answer)


if __name__ == "__main__":
    main()
