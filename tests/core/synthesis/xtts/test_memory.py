"""What a slot takes is measured by one that runs: here on the processor, a card's figures given."""

import pytest

from skaldcast.core.synthesis.xtts.budget import Memory
from skaldcast.core.synthesis.xtts.checkpoint import Checkpoint
from skaldcast.core.synthesis.xtts.library import torch
from skaldcast.core.synthesis.xtts.memory import measure, slot_bytes
from skaldcast.core.synthesis.xtts.windows import StepSizes


def test_workspace_is_what_a_step_and_a_window_took_beside_their_slot(
    endless: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    slot = slot_bytes(endless.model.gpt)
    weights, workspace = 5_000_000, 700_000
    figures = {
        "reset_peak_memory_stats": lambda _: told.append("reset"),
        "memory_allocated": lambda _: weights,
        "max_memory_allocated": lambda _: weights + slot + workspace,
        "empty_cache": lambda: told.append("given back"),
        "mem_get_info": lambda _: (told.append("asked"), (9 * 10**9, 12 * 10**9))[1],
    }
    for name, answer in figures.items():
        monkeypatch.setattr(torch.cuda, name, answer)

    assert measure(endless.model, StepSizes()) == Memory(9 * 10**9, slot, workspace)
    assert told == ["reset", "given back", "asked"]
