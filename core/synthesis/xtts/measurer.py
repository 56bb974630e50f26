"""Asks how fast XTTS is here. Torch stays in a process of its own."""

from collections.abc import Mapping
from dataclasses import dataclass

from ...errand import ask_child
from .speeds import Measured, Tuned

_MODULE = f"{__package__}.measure_worker"


@dataclass(frozen=True, slots=True)
class MeasureXtts:
    """Request: measure with these settings of ``xtts``, or search better ones."""

    options: Mapping[str, str]
    tune: bool


@dataclass(frozen=True, slots=True)
class XttsFigures:
    """What was measured, and on what."""

    device: str
    """``cpu``, or the card's name."""
    checkpoint: str
    """The folder of the model; empty where there was none, and one of the released size with
    random weights stood in for it."""
    measured: tuple[Measured, ...]
    vram_peak: int = 0
    """Bytes that torch held at most; 0 on the processor."""

    @property
    def tuned(self) -> Tuned | None:
        """The best settings, where they were searched."""
        return next((one for one in self.measured if isinstance(one, Tuned)), None)


async def measure_xtts(
    options: Mapping[str, str], *, tune: bool, module: str = _MODULE
) -> XttsFigures:
    """Measure in a process that then ends; `options` as `Settings.synthesizers` has them. Raises
    `SynthesizerError` or `ProcessError`. Takes seconds on a card, minutes on the processor."""
    return await ask_child("measuring XTTS", module, MeasureXtts(options, tune))
