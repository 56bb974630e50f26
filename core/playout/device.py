"""What an output implements: the `OutputDevice` protocol. Used in the playout process only."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Frames = NDArray[np.float32]
"""Float32 PCM of shape (frames, channels), in -1..1."""


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One line of `skaldcast devices`."""

    index: int
    name: str
    host_api: str
    channels: int
    sample_rate: int
    latency_s: float
    """The depth the host API proposes for safe playout, in seconds."""
    is_default: bool
    """What ``--output device`` would take."""
    spec: str
    """What ``--output`` selects it with."""


class OutputDevice(Protocol):
    """A sink of frames with a buffer of its own: written ahead of time, rewound when need be.

    One thread uses it. A lost device raises `OutputError` from any method but `close`.
    """

    sample_rate: int
    """Frames per second that the device takes."""
    channels: int
    paced: bool
    """True where the device plays in real time, false where it takes all it gets (a file)."""
    served: bool
    """True where a sound server plays it: lost with the server, it comes back with the server."""
    plays_on: bool
    """True where what was written is heard though this process stands still."""
    underflows: int
    """What the device itself reported: a hint, not proof."""

    def start(self) -> None:
        """Begin to take frames; idempotent."""
        ...

    def writable(self) -> int:
        """Frames that `write` takes now without blocking, also before `start`."""
        ...

    def write(self, frames: Frames) -> None:
        """Give frames, at most `writable()` of them."""
        ...

    def pending(self) -> int:
        """Frames written and not heard yet, measured, within 10 ms."""
        ...

    def rewind(self, fade: int) -> int:
        """Drop what is pending, fading out over its first `fade` frames; silent on return or
        within 50 ms. Returns how many frames were not heard (the faded ones count as heard)."""
        ...

    def take_back(self, keep: int) -> int:
        """Take back what is pending, but for about its first `keep` frames; returns how many
        frames. The caller writes them anew before those that are left have been heard, and nobody
        hears the seam. A device that can only cut the sound off leaves none."""
        ...

    def stop(self) -> None:
        """Everything has been heard: rest until the next `start`."""
        ...

    def default_changed(self) -> bool:
        """True where this was opened as the default device and another one is that now: `rewind`
        what is pending, `close`, and open anew."""
        ...

    def close(self) -> None:
        """Give the device back; finish a file. Idempotent, never raises for a lost device."""
        ...
