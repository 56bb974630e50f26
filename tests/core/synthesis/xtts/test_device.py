"""What is the same on the processor, and how full memory is told."""

import pytest

from skaldcast.core.synthesis.xtts.device import Arrival, Lane, Mark, is_out_of_memory, to_device
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
