"""Sounds that tests loop: arrays as sources, and the ambience on a fake device."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from skaldcast.core.ambience.ambience import Ambience
from skaldcast.core.ambience.loop import Source
from skaldcast.core.ambience.messages import StartAmbience
from skaldcast.core.errors import AmbienceError, OutputError
from skaldcast.core.playout.device import Frames
from tests.fakes import Clock, FakeDevice

Message = TypeVar("Message")

RATE = 1000
FILE = Path("tavern.ogg")


class ArraySource:
    """Plays `frames`, of shape (n,) or (n, 2); at the frame `breaks_at` it cannot be read on."""

    name = "an array"

    def __init__(
        self, frames: np.ndarray, sample_rate: int = RATE, breaks_at: int | None = None
    ) -> None:
        both = np.repeat(frames[:, None], 2, axis=1) if frames.ndim == 1 else frames
        self.frames: Frames = both.astype(np.float32)
        self.sample_rate = sample_rate
        self.closed = False
        self.read_in_all = 0
        self._breaks_at = breaks_at
        self._at = 0

    def read(self, frames: int) -> Frames:
        assert not self.closed
        given = self.frames[self._at : self._at + frames]
        self._at += len(given)
        self.read_in_all += len(given)
        if self._breaks_at is not None and self.read_in_all > self._breaks_at:
            raise AmbienceError("the disk is gone")
        return given

    def restart(self) -> None:
        self._at = 0

    def close(self) -> None:
        self.closed = True


def ones(seconds: float = 1.0) -> ArraySource:
    return ArraySource(np.ones(round(seconds * RATE)))


class Table:
    """An ambience on a fake device, stepped as its process steps it; each file is a source."""

    def __init__(self, *, output_there: bool = True, **device: Any) -> None:
        self.clock = Clock()
        self.messages: list[object] = []
        self.devices: list[FakeDevice] = []
        self.sources: dict[Path, Callable[[], Source]] = {FILE: ones}
        self.refuses = False
        self._options = device
        starting = StartAmbience("null", FILE, 0.0, 12.0, False, output_there)
        self.ambience = Ambience(
            starting,
            self.messages.append,
            self.clock(),
            open_device=self._open,
            open_source=lambda path: self.sources[path](),
        )

    def ask(self, request: object) -> None:
        self.ambience.obey(request, self.clock())

    def run(self, seconds: float) -> None:
        end_s = self.clock() + seconds
        while (left_s := end_s - self.clock()) > 1e-9 and not self.ambience.ended:
            wait_s = self.ambience.step(self.clock())
            self.clock.pass_time(min(max(wait_s, 0.001), left_s))

    @property
    def device(self) -> FakeDevice:
        return self.devices[-1]

    def heard(self) -> np.ndarray:
        """What the last device has played, one channel."""
        return self.device.recording

    def of(self, kind: type[Message]) -> list[Message]:
        return [message for message in self.messages if isinstance(message, kind)]

    def _open(self, *_: object, **__: object) -> FakeDevice:
        if self.refuses:
            raise OutputError("the card is taken")
        self.devices.append(FakeDevice(self.clock, RATE, **self._options))
        return self.devices[-1]
