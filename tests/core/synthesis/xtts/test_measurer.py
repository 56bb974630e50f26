"""A checkpoint is measured in a process of its own."""

import asyncio
from pathlib import Path

import pytest

from skaldcast.core.errors import SynthesizerError
from skaldcast.core.synthesis.xtts.measurer import XttsFigures, measure_xtts
from skaldcast.core.synthesis.xtts.speeds import FirstBlock, SlotSpeed, Tuned, WindowWork

CHILD = "tests.core.synthesis.xtts.narrow_measurer"


def measure(checkpoint: Path, *, tune: bool = False, **others: str) -> XttsFigures:
    options = {"checkpoint": str(checkpoint), "device": "cpu", **others}
    return asyncio.run(measure_xtts(options, tune=tune, module=CHILD))


def test_slots_and_windows_of_the_settings_are_measured(tiny_folder: Path):
    figures = measure(tiny_folder, slots="2", step_codes="36")
    assert (figures.device, figures.checkpoint) == ("cpu", str(tiny_folder))
    first, one, two, work = figures.measured
    assert isinstance(first, FirstBlock)
    assert [one.slots, two.slots] == [1, 2]  # type: ignore[union-attr]
    assert isinstance(work, WindowWork)
    assert work.step_codes == 36
    assert figures.tuned is None


def test_the_best_settings_are_searched(tiny_folder: Path):
    figures = measure(tiny_folder, tune=True)
    tried = [one.slots for one in figures.measured if isinstance(one, SlotSpeed)]
    assert tried == [1, 2, 4, 6, 8]
    assert isinstance(figures.tuned, Tuned)
    assert figures.tuned.slots in tried


def test_a_broken_checkpoint_is_told(tmp_path: Path):
    with pytest.raises(SynthesizerError, match=r"has no config.json"):
        measure(tmp_path)
