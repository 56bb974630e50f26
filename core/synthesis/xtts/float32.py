"""Float32 enforced: torch would let convolutions run in TF32, whose products keep 10 bits."""

from typing import Any

from ...errors import SynthesizerError
from .library import Tensor, torch


class Float32:
    """Keeps torch's products in full float32 until `restore`. The flags are of the whole process.

    The old names of the flags alone: where old and new ones are mixed, torch raises on reading.
    """

    def __init__(self) -> None:
        self._before = (
            torch.get_float32_matmul_precision(),
            torch.backends.cuda.matmul.allow_tf32,
            torch.backends.cudnn.allow_tf32,
        )
        self._set("highest", False, False)

    def restore(self) -> None:
        self._set(*self._before)

    @staticmethod
    def _set(matmul: str, cuda: bool, cudnn: bool) -> None:
        torch.set_float32_matmul_precision(matmul)
        torch.backends.cuda.matmul.allow_tf32 = cuda
        torch.backends.cudnn.allow_tf32 = cudnn


def exact(device_type: str) -> Any:
    """A context in which an outer autocast does not lower the precision."""
    return torch.autocast(device_type, enabled=False)


def check_weights(model: Any) -> None:
    """Raise `SynthesizerError` where a weight or buffer is of another float type."""
    for name, tensor in (*model.named_parameters(), *model.named_buffers()):
        if tensor.is_floating_point() and tensor.dtype != torch.float32:
            raise SynthesizerError(
                f"the weights {name} are {tensor.dtype}, not float32; use an XTTS checkpoint that "
                "was saved in float32"
            )


def check_audio(audio: Tensor) -> None:
    """Raise `SynthesizerError` for audio that is not float32."""
    if audio.dtype != torch.float32:
        raise SynthesizerError(f"the vocoder gave {audio.dtype} audio, not float32")
