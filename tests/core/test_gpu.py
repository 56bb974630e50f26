"""What cards are doing, from a stand-in for NVML."""

# ruff: noqa: N802 - the names are the library's

import asyncio
import sys
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from skaldcast.core.gpu import Card, GpuWatch, Nvml, open_nvml, watch_gpu
from skaldcast.core.synthesis.tone import ToneSynthesizer

GB = 10**9


class NvmlError(Exception):
    pass


@dataclass
class Library:
    """Has what `pynvml` has, and cards that a test may change."""

    used: list[int] = field(default_factory=lambda: [2 * GB])
    busy: list[int | None] = field(default_factory=lambda: [50])
    driver_fails: bool = False
    closed: int = 0
    asked: int = 0

    NVMLError = NvmlError

    def nvmlInit(self) -> None:
        if self.driver_fails:
            raise NvmlError("no driver")

    def nvmlShutdown(self) -> None:
        self.closed += 1

    def nvmlSystemGetDriverVersion(self) -> bytes:
        if self.driver_fails:
            raise NvmlError("the driver is gone")
        return b"580.1"

    def nvmlDeviceGetCount(self) -> int:
        self.asked += 1
        return len(self.used)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:
        if self.used[index] < 0:
            raise NvmlError("lost")
        return index

    def nvmlDeviceGetName(self, handle: int) -> str:
        return f"Card {handle}"

    def nvmlDeviceGetMemoryInfo(self, handle: int) -> Any:
        return SimpleNamespace(total=32 * GB, used=self.used[handle])

    def nvmlDeviceGetUtilizationRates(self, handle: int) -> Any:
        if (busy := self.busy[handle]) is None:
            raise NvmlError("not supported")
        return SimpleNamespace(gpu=busy)


def test_a_card_is_read():
    nvml = open_nvml(Library())
    assert nvml is not None
    assert nvml.cards() == [Card("Card 0", "580.1", 32 * GB, 2 * GB, 0.5)]


def test_without_the_library_or_a_driver_there_is_none(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert open_nvml() is None
    assert open_nvml(Library(driver_fails=True)) is None


class OnCard(ToneSynthesizer):
    on_gpu = True


def test_cards_are_watched_only_for_a_voice_that_may_run_on_one(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pynvml", Library())
    assert asyncio.run(watch_gpu(ToneSynthesizer({}))) is None
    assert isinstance(asyncio.run(watch_gpu(OnCard({}))), GpuWatch)


def test_a_card_that_is_lost_is_left_out_and_a_slice_tells_no_share():
    library = Library(used=[GB, -1, GB], busy=[10, 20, None])
    assert [(card.name, card.busy) for card in Nvml(library).cards()] == [
        ("Card 0", 0.1),
        ("Card 2", None),
    ]


def test_a_driver_that_fails_later_is_no_error():
    library = Library()
    nvml = Nvml(library)
    library.driver_fails = True
    assert nvml.cards() == []


def test_the_report_has_the_mean_share_and_the_peak_of_what_was_sampled():
    library = Library()
    watch = GpuWatch(Nvml(library))
    for now, used, busy in ((0.0, 2, 40), (1.0, 6, 100), (2.0, 3, 70)):
        library.used, library.busy = [used * GB], [busy]
        watch.tick(now, synthesising=True)
    assert watch.report() == [
        {
            "name": "Card 0",
            "driver": "580.1",
            "vram_total_mb": 32_000,
            "vram_used_mb": 3_000,
            "vram_peak_mb": 6_000,
            "busy_share": 0.7,
        }
    ]


def test_cards_are_asked_once_a_second_and_only_while_speech_is_made():
    library = Library()
    watch = GpuWatch(Nvml(library))
    watch.tick(0.0, synthesising=False)
    assert (library.asked, watch.report()) == (0, [])
    for now in (1.0, 1.5, 1.99, 2.0):
        watch.tick(now, synthesising=True)
    assert library.asked == 2


def test_a_card_that_tells_no_share_has_none_in_the_report():
    watch = GpuWatch(Nvml(Library(busy=[None])))
    watch.tick(0.0, synthesising=True)
    assert watch.report()[0]["busy_share"] is None


def test_closing_closes_the_library():
    library = Library()
    GpuWatch(Nvml(library)).close()
    assert library.closed == 1
