"""A short, quiet tone on an output, and how long it took until it was heard. Plain: the device and
the clock are arguments."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..errors import OutputError
from .device import Frames, OutputDevice

TONE_S = 0.6
_FREQUENCY_HZ = 440.0
_PEAK = 0.08
"""-22 dBFS: below speech, and heard in a quiet room."""
_FADE_S = 0.03
_LOOK_S = 0.005
_PATIENCE_S = 5.0
"""A Bluetooth speaker that must wake up takes 2 s."""


@dataclass(frozen=True, slots=True)
class ToneHeard:
    """What a tone told of its output."""

    latency_s: float
    """From the first write until the device says that it is heard."""
    sample_rate: int


def tone(sample_rate: int, channels: int) -> Frames:
    """The tone, faded in and out."""
    count = round(TONE_S * sample_rate)
    at_s = np.arange(count) / sample_rate
    fade = np.clip(np.minimum(at_s, at_s[::-1]) / _FADE_S, 0.0, 1.0)
    samples = _PEAK * fade * np.sin(2 * np.pi * _FREQUENCY_HZ * at_s)
    return np.repeat(samples.astype(np.float32)[:, None], channels, axis=1)


def sound_tone(
    device: OutputDevice, now: Callable[[], float], wait: Callable[[float], object]
) -> ToneHeard:
    """Play the tone to its end. Raises `OutputError` where the device fails, or plays nothing."""
    frames = tone(device.sample_rate, device.channels)
    begin_s, written, latency_s = now(), 0, -1.0
    device.start()
    while written < len(frames) or device.pending() > 0:
        count = min(device.writable(), len(frames) - written)
        if count > 0:
            device.write(frames[written : written + count])
            written += count
        heard, now_s = written - device.pending(), now()
        if latency_s < 0.0 and heard > 0:
            latency_s = max(now_s - begin_s - heard / device.sample_rate, 0.0)
        if now_s - begin_s > _PATIENCE_S + TONE_S:
            raise OutputError(
                f"the device took the tone and did not play it within {_PATIENCE_S:g} s: "
                "switch it on, or choose another"
            )
        wait(_LOOK_S)
    device.stop()
    return ToneHeard(max(latency_s, 0.0), device.sample_rate)
