"""What is the same on the processor, how tensors come from a card to the host, and how faults of
cards and drivers are told. CUDA stood in for by small classes."""

import contextlib
import warnings
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from skaldcast.core.synthesis.xtts import device
from skaldcast.core.synthesis.xtts.device import (
    Arrival,
    Lane,
    Mark,
    is_broken,
    is_out_of_memory,
    to_device,
    told,
    why_no_cuda,
)
from skaldcast.core.synthesis.xtts.library import torch


def test_on_the_processor_all_is_done_and_there_at_once() -> None:
    lane, tensor = Lane("cpu"), torch.arange(3)
    with lane.work():
        lane.uses(tensor)
    lane.wait(lane.mark())
    arrival = Arrival(tensor, lane.mark(), lane)

    assert lane.mark() == Mark(None)
    assert arrival.here
    assert arrival.take() is tensor
    assert to_device(tensor, "cpu") is tensor


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 MiB"),
        torch.AcceleratorError("CUDA error: out of memory"),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
        RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"),
        RuntimeError("cuDNN error: CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED"),
    ],
)
def test_full_memory_is_known_whoever_noticed_it(error: Exception) -> None:
    assert is_out_of_memory(error)


@pytest.mark.parametrize(
    "error",
    [
        torch.AcceleratorError("CUDA error: device-side assert triggered"),
        RuntimeError("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED"),
        ValueError("CUDA error: out of memory"),
    ],
)
def test_no_other_fault_counts_as_full_memory(error: Exception) -> None:
    assert not is_out_of_memory(error)


class Cuda:
    """Streams and events as `torch.cuda` has them, that write down what they are told."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.made = 0
        self.current = "default"

    def Stream(self, _: str, priority: int) -> Any:  # noqa: N802 - torch's name
        self.made += 1
        name = f"stream {self.made}" + (" urgent" if priority < 0 else "")
        event = SimpleNamespace(
            query=lambda: False, synchronize=lambda: self.done.append(f"waited for {name}")
        )
        return SimpleNamespace(
            name=name,
            record_event=lambda: event,
            wait_event=lambda _: self.done.append(f"{name} waits for another"),
        )

    @contextlib.contextmanager
    def stream(self, stream: Any) -> Iterator[None]:
        before, self.current = self.current, stream.name
        yield
        self.current = before


class OnCard:
    """A tensor on a card, that is copied to the host."""

    shape, dtype = (3,), torch.float32

    def __init__(self, cuda: Cuda) -> None:
        self._cuda = cuda

    def record_stream(self, stream: Any) -> None:
        self._cuda.done.append(f"kept for {stream.name}")


class Pinned:
    """Memory of the host that a card writes to."""

    def __init__(self, cuda: Cuda) -> None:
        self._cuda = cuda

    def copy_(self, _: OnCard, *, non_blocking: bool) -> None:
        assert non_blocking
        self._cuda.done.append(f"copied in {self._cuda.current}")


def test_a_tensor_comes_from_a_card_behind_what_makes_it_and_only_its_reader_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cuda = Cuda()

    def empty(_: object, *, dtype: object, pin_memory: bool) -> Pinned:
        assert (dtype, pin_memory) == (torch.float32, True)
        return Pinned(cuda)

    monkeypatch.setattr(device, "torch", SimpleNamespace(cuda=cuda, empty=empty))
    decoding, copies = Lane("cuda", urgent=True), Lane("cuda:0")

    arrival = Arrival(OnCard(cuda), decoding.mark(), copies)

    assert not arrival.here
    assert cuda.done == ["stream 2 waits for another", "copied in stream 2", "kept for stream 2"]
    arrival.take()
    assert cuda.done[3:] == ["waited for stream 2"]
    assert decoding.stream.name == "stream 1 urgent"


def no_cuda(monkeypatch: pytest.MonkeyPatch, warning: str, built_for: str | None = "13.0") -> None:
    def is_available() -> bool:
        if warning:
            warnings.warn(warning, stacklevel=1)
        return False

    cuda = SimpleNamespace(is_available=is_available)
    fake = SimpleNamespace(cuda=cuda, version=SimpleNamespace(cuda=built_for))
    monkeypatch.setattr(device, "torch", fake)


def test_a_driver_that_is_too_old_is_told_with_both_versions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    no_cuda(
        monkeypatch,
        "CUDA initialization: The NVIDIA driver on your system is too old (found version 11040). "
        "Please update your GPU driver by downloading and installing a new version from the URL",
    )

    assert why_no_cuda() == (
        "the NVIDIA driver is too old for this torch: it is for CUDA 11.4, torch for 13.0"
    )


def test_a_torch_without_cuda_and_a_machine_without_a_driver_are_told_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    no_cuda(monkeypatch, "", built_for=None)
    assert why_no_cuda() == "its torch is built without CUDA"
    no_cuda(monkeypatch, "CUDA initialization: Found no NVIDIA driver on your system.")
    assert why_no_cuda() == "no driver works"


@pytest.mark.parametrize(
    ("error", "found", "to_do"),
    [
        (torch.OutOfMemoryError("CUDA out of memory."), "too little VRAM", "xtts.device to cpu"),
        (
            torch.AcceleratorError("CUDA error: no kernel image is available for execution\nSee"),
            "no kernel image is available",
            "a newer CUDA",
        ),
        (
            RuntimeError("CUDA driver version is insufficient for CUDA runtime version"),
            "insufficient",
            "update the NVIDIA driver",
        ),
        (RuntimeError("CUDA error: invalid argument"), "invalid argument", "skaldcast doctor"),
    ],
)
def test_a_fault_of_the_card_is_one_line_that_says_what_to_do(
    error: Exception, found: str, to_do: str
) -> None:
    assert found in told(error)
    assert to_do in told(error)
    assert "\n" not in told(error)


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("CUDA error: an illegal memory access was encountered", True),
        ("CUDA error: the launch timed out and was terminated", True),
        ("CUDA error: device-side assert triggered", True),
        ("CUDA error: unknown error", True),
        ("CUDA error: out of memory", False),
        ("CUDA error: invalid argument", False),
        ("unknown error", False),
    ],
)
def test_a_fault_after_which_only_a_new_process_helps_is_known(text: str, broken: bool) -> None:
    assert is_broken(RuntimeError(text)) is broken
