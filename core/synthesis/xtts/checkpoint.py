"""Loads a checkpoint through upstream's own `load_checkpoint`, and prepares it for inference."""

import warnings
from dataclasses import dataclass
from typing import Any

from ...errors import SynthesizerError
from .checkpoint_folder import CONFIG, CheckpointFolder
from .float32 import check_weights
from .library import Xtts, XttsConfig, torch


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
    there = torch.cuda.is_available()
    if wanted == "auto":
        return "cuda" if there else "cpu"
    if not there:
        why = "its torch is built without CUDA" if torch.version.cuda is None else "no driver works"
        raise SynthesizerError(
            f"xtts.device is {wanted!r} and this machine has no CUDA ({why}); install a torch with "
            "CUDA and a driver for it (`skaldcast doctor` tells), or set xtts.device to cpu"
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
            model = Xtts(config)
            model.load_checkpoint(config, checkpoint_dir=str(folder.path), eval=True)
            model.to(device)
    except Exception as error:  # torch, coqpit and tokenizers raise what they like
        raise SynthesizerError(
            f"the XTTS checkpoint {folder.path} cannot be loaded: {_one_line(error)}; are all its "
            "files of one model?"
        ) from error
    check_weights(model)
    strip_weight_norm(model.hifigan_decoder.waveform_decoder)
    return Checkpoint(model, device, int(config.model_args.output_sample_rate))


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
