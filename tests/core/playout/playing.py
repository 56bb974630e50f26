"""A player on a fake device, stepped as the playout process steps it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from skaldcast.core.playout.audio_buffer import AudioBuffer
from skaldcast.core.playout.player import FADE_S, Player
from skaldcast.core.types import AudioFormat
from tests.fakes import Clock, FakeDevice

Message = TypeVar("Message")

RATE = 24_000
FADE = round(FADE_S * RATE)
NO_GATE = 2**63 - 1


def numbered(start: int, count: int) -> NDArray[np.float32]:
    """Samples that are exact in float32 and say which ones they are."""
    return (np.arange(start + 1, start + count + 1) / 2**20).astype(np.float32)


def numbers(samples: NDArray[np.float32]) -> list[int]:
    """Which of the `numbered` samples these are; -1 for one that was changed."""
    number = samples.astype(np.float64) * 2**20 - 1
    return np.where(number == np.rint(number), number, -1).astype(int).tolist()


def tone(count: int, rate: int = RATE) -> NDArray[np.float32]:
    return (0.5 * np.sin(2 * np.pi * 440 / rate * np.arange(count))).astype(np.float32)


class Playing:
    """A player on a fake device, stepped as the playout process would."""

    def __init__(self, rate: int = RATE, device_rate: int = RATE, **device: Any) -> None:
        self.clock = Clock()
        self.buffer = AudioBuffer(AudioFormat(rate), capacity_s=8.0)
        self.device = FakeDevice(self.clock, device_rate, **device)
        self.messages: list[object] = []
        self.player = Player(self.buffer, self.messages.append)
        self.player.attach(self.device)
        self.stepped_s = self.clock.now_s

    def step(self) -> float:
        self.stepped_s = self.clock.now_s
        return self.player.step(self.clock.now_s)

    def push(self, count: int, *, then_step: bool = True) -> None:
        """Push the next numbered samples."""
        self.push_samples(numbered(self.buffer.written, count), then_step=then_step)

    def push_samples(self, samples: NDArray[np.float32], *, then_step: bool = True) -> None:
        assert self.buffer.push(samples).size == 0
        if then_step:  # the doorbell has rung
            self.step()

    def gate(self, frame: int) -> None:
        self.buffer.set_gate(frame)
        self.step()

    def finish(self) -> None:
        self.buffer.finish()
        self.step()

    def run(self, seconds: float) -> None:
        """Let time pass and step whenever the player asked for it."""
        end_s = self.clock.now_s + seconds
        while (left_s := end_s - self.clock.now_s) > 1e-9:
            wait_s = self.step()
            assert wait_s >= 0.005
            self.clock.pass_time(min(wait_s, left_s))
        self.step()

    def of(self, kind: type[Message]) -> list[Message]:
        return [message for message in self.messages if isinstance(message, kind)]

    @property
    def heard(self) -> list[int]:
        return numbers(self.device.sounding)

    @contextmanager
    def nothing_counted(self) -> Iterator[None]:
        yield
        assert self.buffer.statistics().underruns == 0
        assert self.buffer.statistics().underrun_frames == 0
