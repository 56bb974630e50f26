"""As many slots as fit into the memory there is."""

import pytest

from skaldcast.core.errors import SynthesizerError
from skaldcast.core.synthesis.xtts.budget import GIB, Memory, slots_that_fit


def memory(free_gib: float) -> Memory:
    return Memory(free=round(free_gib * GIB), slot=GIB // 4, workspace=GIB // 2)


@pytest.mark.parametrize(
    ("free_gib", "share", "slots"), [(30.0, 0.6, 8), (2.0, 0.6, 2), (2.0, 0.95, 5), (1.5, 0.5, 1)]
)
def test_slots_fit_into_a_share_of_what_is_free(free_gib: float, share: float, slots: int) -> None:
    assert slots_that_fit(memory(free_gib), share, 8) == slots


def test_too_little_memory_for_one_slot_is_told_with_what_to_do() -> None:
    with pytest.raises(SynthesizerError, match=r"1\.0 GiB are free .* set xtts.device to cpu"):
        slots_that_fit(memory(1.0), 0.6, 4)
