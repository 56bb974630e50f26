"""A chunk as the model is asked for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from ..figures import SynthesisFigures
from ..synthesizer import Cancellation, Samples
from .guard import Expectation
from .library import Tensor


@dataclass(frozen=True, slots=True)
class Order:
    """A chunk to be spoken."""

    text: str
    """As the model takes it."""
    language: str
    """As XTTS writes it."""
    tokens: tuple[int, ...]
    """The text, without start and stop."""
    latent: Tensor
    """The voice's `gpt_cond_latent` on the device."""
    embedding: Tensor
    """Its `speaker_embedding` there."""
    expectation: Expectation
    seed: int = 0
    speed: float = 1.0
    order: int = 0
    """Its place among the chunks: the lowest is heard first."""


class Speaker(Protocol):
    """Speaks orders: the decoding loop, or upstream's own way."""

    def speak(self, order: Order, cancellation: Cancellation) -> Iterator[Samples]:
        """The audio of a chunk as it comes, float32 (frames,), not levelled and not trimmed.

        Raises `SynthesizerError`; ends soon after `cancellation`.
        """
        ...

    def take_counts(self) -> dict[str, int]:
        """What has been counted since the last call, by name."""
        ...

    def figures(self) -> SynthesisFigures | None:
        """What was measured since the last `measure_anew`; None where nothing was."""
        ...

    def measure_anew(self) -> None:
        """Forget what was measured; nothing must be in work."""
        ...

    def close(self) -> None:
        """End what is being spoken. Idempotent."""
        ...
