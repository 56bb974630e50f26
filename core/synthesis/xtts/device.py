"""Work on a device without waiting for all of it: streams, events and pinned copies to the host.

On the processor there is nothing to wait for, and all of it does nothing.
"""

import contextlib
import re
import warnings
from dataclasses import dataclass
from typing import Any

from .library import Tensor, torch

_FULL = re.compile(
    "CUDA error: out of memory|CUBLAS_STATUS_ALLOC_FAILED|CUDNN_STATUS_ALLOC_FAILED|"
    "CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED"
)

_BROKEN = re.compile(
    "illegal memory access|illegal instruction|misaligned address|device-side assert|"
    "unspecified launch failure|launch timed out|uncorrectable|hardware stack error|"
    "unknown error|driver shutting down|device.* (?:lost|unavailable)"
)
_OLD_DRIVER = "the NVIDIA driver is too old for this torch"


class Lane:
    """Work that runs in its own order, beside other lanes: a CUDA stream."""

    def __init__(self, device: str, *, urgent: bool = False) -> None:
        self.on_cuda = device.startswith("cuda")
        self.stream: Any = None
        """The CUDA stream, None on the processor."""
        if self.on_cuda:
            self.stream = torch.cuda.Stream(device, priority=-1 if urgent else 0)

    def work(self) -> contextlib.AbstractContextManager[Any]:
        """A context whose kernels go into this lane."""
        return torch.cuda.stream(self.stream) if self.on_cuda else contextlib.nullcontext()

    def mark(self) -> "Mark":
        """What has been put into the lane so far."""
        return Mark(self.stream.record_event() if self.on_cuda else None)

    def wait(self, mark: "Mark") -> None:
        """Let this lane, not the thread, wait for what another one has in work."""
        if self.on_cuda and mark.event is not None:
            self.stream.wait_event(mark.event)

    def uses(self, *tensors: Tensor) -> None:
        """These come from another lane: their memory is not given away while this one reads it."""
        if self.on_cuda:
            for tensor in tensors:
                tensor.record_stream(self.stream)


@dataclass(frozen=True, slots=True)
class Mark:
    """A point in a lane's work."""

    event: Any
    """A CUDA event, None where the work is done already."""

    @property
    def passed(self) -> bool:
        return self.event is None or self.event.query()

    def wait(self) -> None:
        """Wait, in this thread, for this point alone."""
        if self.event is not None:
            self.event.synchronize()


def to_device(tensor: Tensor, device: str) -> Tensor:
    """`tensor` on its way to `device`, in the current lane; the thread does not wait for it."""
    if not device.startswith("cuda"):
        return tensor
    return tensor.pin_memory().to(device, non_blocking=True)


class Arrival:
    """A tensor on its way to the host, through pinned memory and a lane of its own."""

    def __init__(self, tensor: Tensor, made: Mark, lane: Lane) -> None:
        if not lane.on_cuda:
            self._host, self._mark = tensor, made
            return
        lane.wait(made)
        with lane.work():
            # torch keeps pinned memory and hands it out again, so this allocates nothing new.
            self._host = torch.empty(tensor.shape, dtype=tensor.dtype, pin_memory=True)
            self._host.copy_(tensor, non_blocking=True)
            lane.uses(tensor)
        self._mark = lane.mark()

    @property
    def here(self) -> bool:
        return self._mark.passed

    def take(self) -> Tensor:
        """The tensor on the host, waited for where it must be."""
        self._mark.wait()
        return self._host


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a device had no memory left, also where not torch's allocator noticed it: CUDA
    itself, cuBLAS and cuDNN tell by their messages alone."""
    if isinstance(error, torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and _FULL.search(str(error)) is not None


def is_broken(error: BaseException) -> bool:
    """Whether the device answers this process no more, whatever it is asked: after a fault in a
    kernel, a reset of the driver (Windows does that), or a sleep of the machine."""
    return (
        isinstance(error, RuntimeError)
        and "CUDA error" in str(error)
        and not is_out_of_memory(error)
        and _BROKEN.search(str(error)) is not None
    )


def why_no_cuda() -> str:
    """Why torch cannot use a card here, in a few words; empty where it can."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        if torch.cuda.is_available():
            return ""
    if torch.version.cuda is None:
        return "its torch is built without CUDA"
    text = " ".join(str(warning.message) for warning in told)
    if found := re.search(r"driver on your system is too old \(found version (\d+)\)", text):
        version = int(found[1])
        cuda = f"{version // 1000}.{version % 1000 // 10}"
        return f"{_OLD_DRIVER}: it is for CUDA {cuda}, torch for {torch.version.cuda}"
    return "no driver works"


def told(error: BaseException) -> str:
    """What a fault of the device says, and what to do, in one line."""
    if is_out_of_memory(error):
        return (
            "too little VRAM for the XTTS model (about 3 GiB); close other programs that use the "
            "GPU, or set xtts.device to cpu"
        )
    text = " ".join(str(error).split("\n", 1)[0].split())
    if "no kernel image" in text:
        advice = "this torch is not built for the card: install one for a newer CUDA (docs/xtts.md)"
    elif "driver" in text:
        advice = "update the NVIDIA driver"
    else:
        advice = "`skaldcast doctor` tells what works; else set xtts.device to cpu"
    return f"the graphics card cannot be used ({text[:200]}); {advice}"
