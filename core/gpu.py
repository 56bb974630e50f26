"""What NVIDIA cards are doing, through NVML. The one file that uses nvidia-ml-py (``pynvml``)."""

import asyncio
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from .synthesis.synthesizer import OnGpu, Synthesizer

_EVERY_S = 1.0
"""NVML's own figure is a mean over up to a second: more often tells nothing new."""


@dataclass(frozen=True, slots=True)
class Card:
    """A card at one moment."""

    name: str
    driver: str
    vram_total: int
    """In bytes, as are the others."""
    vram_used: int
    """By all processes."""
    busy: float | None
    """Share of the last moment in which it worked, 0..1; None where the card does not tell."""


class Nvml:
    """Reads the cards; `library` is the module ``pynvml`` or what stands in for it."""

    def __init__(self, library: Any) -> None:
        self._library = library

    def cards(self) -> list[Card]:
        """The cards now; those that do not answer are left out."""
        try:
            driver = _text(self._library.nvmlSystemGetDriverVersion())
            count = int(self._library.nvmlDeviceGetCount())
        except self._library.NVMLError:
            return []
        return [card for index in range(count) if (card := self._card(index, driver)) is not None]

    def _card(self, index: int, driver: str) -> Card | None:
        library = self._library
        try:
            handle = library.nvmlDeviceGetHandleByIndex(index)
            memory = library.nvmlDeviceGetMemoryInfo(handle)
            name = _text(library.nvmlDeviceGetName(handle))
        except library.NVMLError:
            return None
        try:
            busy = library.nvmlDeviceGetUtilizationRates(handle).gpu / 100
        except library.NVMLError:  # a slice of a card (MIG) does not tell
            busy = None
        return Card(name, driver, int(memory.total), int(memory.used), busy)

    def close(self) -> None:
        try:
            self._library.nvmlShutdown()
        except self._library.NVMLError:
            return


def open_nvml(library: Any = None) -> Nvml | None:
    """NVML, where nvidia-ml-py and a driver are there; None, without an error, where not."""
    try:
        library = library or import_module("pynvml")
        library.nvmlInit()
    except ImportError:
        return None
    except library.NVMLError:
        return None
    return Nvml(library)


async def watch_gpu(synthesizer: Synthesizer) -> "GpuWatch | None":
    """The cards, watched where `synthesizer` may run on one; NVML takes 0.2 s to say that there
    is none, and is not asked for the sake of a voice on the processor."""
    if not (isinstance(synthesizer, OnGpu) and synthesizer.on_gpu):
        return None
    nvml = await asyncio.to_thread(open_nvml)
    return GpuWatch(nvml) if nvml else None


@dataclass(slots=True)
class _Seen:
    """What one card did while speech was made."""

    card: Card
    peak: int = 0
    busy: float = 0.0
    samples: int = 0


class GpuWatch:
    """Samples the cards at a low rate, only while speech is being made."""

    def __init__(self, nvml: Nvml) -> None:
        self._nvml = nvml
        self._next_s = float("-inf")
        self._seen: dict[int, _Seen] = {}

    def tick(self, now: float, *, synthesising: bool) -> None:
        """Take a sample where one is due."""
        if not synthesising or now < self._next_s:
            return
        self._next_s = now + _EVERY_S
        for index, card in enumerate(self._nvml.cards()):
            seen = self._seen.setdefault(index, _Seen(card))
            seen.card = card
            seen.peak = max(seen.peak, card.vram_used)
            if card.busy is not None:
                seen.busy += card.busy
                seen.samples += 1

    def report(self) -> list[dict[str, Any]]:
        """One row a card, JSON-ready, sizes in megabytes; empty where nothing was sampled."""
        return [
            {
                "name": seen.card.name,
                "driver": seen.card.driver,
                "vram_total_mb": round(seen.card.vram_total / 1e6),
                "vram_used_mb": round(seen.card.vram_used / 1e6),
                "vram_peak_mb": round(seen.peak / 1e6),
                "busy_share": round(seen.busy / seen.samples, 3) if seen.samples else None,
            }
            for seen in self._seen.values()
        ]

    def close(self) -> None:
        self._nvml.close()


def _text(value: str | bytes) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
