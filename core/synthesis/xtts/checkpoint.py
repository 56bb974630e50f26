"""Loads a checkpoint through upstream's own `load_checkpoint`, and prepares it for inference."""

import logging
import warnings
from dataclasses import dataclass
from typing import Any

from ...errors import SynthesizerError
from .checkpoint_folder import CONFIG, CheckpointFolder
from .device import told, why_no_cuda
from .float32 import check_weights
from .library import Xtts, XttsConfig, torch

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A model that is loaded, in float32 and evaluation mode, on `device`."""

    model: Any
    """The untouched ``TTS.tts.models.xtts.Xtts``, but for its vocoder's weight norm."""
    device: str
    """``cpu``, ``cuda`` or ``cuda:N``."""
    sample_rate: int
    """Of its audio."""


def pick_device(wanted: str) -> str:
    """`wanted`, or what ``auto`` means here; raises `SynthesizerError` where it is not there."""
    if wanted == "cpu":
        return wanted
    why = why_no_cuda()
    if wanted == "auto":
        if why and torch.version.cuda is not None:  # who has such a torch has a card
            _log.warning("XTTS runs on the processor, slower than speech: %s", why)
        return "cpu" if why else "cuda"
    if why:
        raise SynthesizerError(
            f"xtts.device is {wanted!r} and this machine has no CUDA ({why}); install a torch with "
            "CUDA and a driver for it (`skaldcast doctor` tells), or set xtts.device to cpu"
        )
    number, cards = int(wanted.partition(":")[2] or 0), torch.cuda.device_count()
    if number >= cards:
        raise SynthesizerError(
            f"xtts.device is {wanted!r} and torch finds {cards} card{'s' * (cards != 1)}; they "
            f"count from cuda:0 to cuda:{cards - 1}"
        )
    return wanted


def load_checkpoint(folder: CheckpointFolder, device: str = "cpu") -> Checkpoint:
    """Load the model in `folder`; raises `SynthesizerError`."""
    folder.check()
    folder.verify()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            config = XttsConfig()
            config.load_json(str(folder.path / CONFIG))
            with unfilled():
                model = Xtts(config)
                model.load_checkpoint(config, checkpoint_dir=str(folder.path), eval=True)
    except Exception as error:  # torch, coqpit and tokenizers raise what they like
        raise SynthesizerError(
            f"the XTTS checkpoint {folder.path} cannot be loaded: {_one_line(error)}; are all its "
            "files of one model?"
        ) from error
    check_weights(model)
    strip_weight_norm(model.hifigan_decoder.waveform_decoder)
    try:
        model.to(device)
    except Exception as error:  # CUDA's errors have no tree of their own
        raise SynthesizerError(told(error)) from error
    return Checkpoint(model, device, int(config.model_args.output_sample_rate))


def unfilled() -> Any:
    """A context in which new modules have no random weights: on two cores torch takes 32 s to draw
    those of the released size, which the checkpoint, read strictly, replaces to the last one."""
    drawing = {"normal_", "uniform_", "kaiming_normal_", "kaiming_uniform_"}

    class Unfilled(torch.overrides.TorchFunctionMode):
        def __torch_function__(
            self, function: Any, _: Any, arguments: Any = (), named: Any = None
        ) -> Any:
            named = named or {}
            # By their names: transformers puts functions of its own in place of torch's.
            if getattr(function, "__name__", "") in drawing:
                return arguments[0] if arguments else named["tensor"]
            return function(*arguments, **named)

    return Unfilled()


def strip_weight_norm(vocoder: Any) -> None:
    """Fix the weights that are computed anew at each call (bit-equal output, half the launches).

    Upstream's `remove_weight_norm` cannot do it: it expects a weight norm that XTTS has not.
    """
    parametrize = torch.nn.utils.parametrize
    for module in vocoder.modules():
        if parametrize.is_parametrized(module, "weight"):
            parametrize.remove_parametrizations(module, "weight")


def _one_line(error: Exception) -> str:
    """What it says; of torch's long lists the tensor that does not fit, which stands last."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    telling = [line for line in lines if line.startswith("size mismatch")][:1] or lines[:2]
    text = " ".join(telling).rstrip(".") or type(error).__name__
    return text if len(text) <= 300 else text[:297] + "..."
