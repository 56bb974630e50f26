"""A model that the card has no room for says what to do; one that has room for fewer slots goes on
with them. The card stood in for by its figures."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from skaldcast.core.errors import SynthesizerError
from skaldcast.core.synthesis.xtts import model as module
from skaldcast.core.synthesis.xtts.budget import GIB, Memory
from skaldcast.core.synthesis.xtts.checkpoint_folder import open_folder
from skaldcast.core.synthesis.xtts.float32 import Float32
from skaldcast.core.synthesis.xtts.library import torch
from skaldcast.core.synthesis.xtts.model import XttsModel
from skaldcast.core.synthesis.xtts.options import XttsOptions
from tests.core.synthesis.xtts import tiny


@pytest.fixture(autouse=True)
def flags() -> Iterator[None]:
    """As they were, whatever a load did."""
    kept = Float32()
    yield
    kept.restore()


def load(
    monkeypatch: pytest.MonkeyPatch, folder: Path, measured: Memory | Exception, slots: int = 4
) -> XttsModel:
    """Load as on a card on which `measured` was measured; all runs on the processor."""

    def measure(*_: object) -> Memory:
        if isinstance(measured, Exception):
            raise measured
        return measured

    monkeypatch.setattr(module, "measure", measure)
    monkeypatch.setattr(module, "pick_device", lambda _: "cpu")
    monkeypatch.setattr(XttsModel, "on_cuda", property(lambda _: True))
    monkeypatch.setattr(torch.cuda, "synchronize", lambda _: None)
    options = XttsOptions(folder, folder / "voices", slots=slots, device="cuda")
    with tiny.narrow():
        return XttsModel(options, open_folder(folder))


def test_slots_that_have_no_room_are_left_out_with_a_warning(
    monkeypatch: pytest.MonkeyPatch, tiny_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    loaded = load(monkeypatch, tiny_folder, Memory(GIB, slot=GIB // 4, workspace=0))
    loaded.close()

    assert loaded.slots == 2
    assert "2 slots instead of 4 fit into VRAM" in caplog.text


@pytest.mark.parametrize(
    ("measured", "told"),
    [
        (Memory(GIB // 8, slot=GIB // 4, workspace=GIB), "too little VRAM: 0.1 GiB are free"),
        (torch.OutOfMemoryError("CUDA out of memory."), "too little VRAM for the XTTS model"),
        (RuntimeError("CUDA error: no kernel image is available\nmore"), "a newer CUDA"),
    ],
)
def test_a_card_without_room_or_of_another_kind_is_one_line_and_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tiny_folder: Path, measured: Any, told: str
) -> None:
    torch.backends.cudnn.allow_tf32 = True
    with pytest.raises(SynthesizerError, match=told) as caught:
        load(monkeypatch, tiny_folder, measured)

    assert "\n" not in str(caught.value)
    assert torch.backends.cudnn.allow_tf32  # the flags are given back


def test_where_the_measure_was_wrong_half_the_slots_are_tried_until_one_has_no_room(
    monkeypatch: pytest.MonkeyPatch, tiny_folder: Path
) -> None:
    wanted: list[int] = []

    def refuse(_: object, slots: int, *__: object, **___: object) -> None:
        wanted.append(slots)
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(module, "Decoder", refuse)
    # Without a batched decoder coqui-tts's own is used, which needs less.
    loaded = load(monkeypatch, tiny_folder, Memory(8 * GIB, slot=GIB // 4, workspace=0))
    loaded.close()

    assert wanted == [4, 2, 1]
