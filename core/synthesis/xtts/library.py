"""The one place that imports torch and coqui-tts; imported by the worker process alone.

It takes 4 s and 400 MB. Their types are `Any` here: the project is checked on machines that have
neither, so shapes and dtypes stand in docstrings.
"""

import logging
import sys
import types
import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeAlias

from ...errors import SynthesizerError
from .installed import INSTALL

Tensor: TypeAlias = Any
"""A ``torch.Tensor``."""


def _import_torchaudio() -> None:
    """Import torchaudio, without its compiled part where that cannot be loaded.

    The wheel on PyPI for Linux is a CUDA build; beside a torch without CUDA its extension raises
    `OSError`. All that XTTS uses of it (resampling, mel spectrograms) is pure torch.
    """
    try:
        import_module("torchaudio")
        return
    except OSError:
        pass
    for name in [n for n in sys.modules if n == "torchaudio" or n.startswith("torchaudio.")]:
        del sys.modules[name]
    stub: Any = types.ModuleType("torchaudio._extension")
    stub._IS_TORCHAUDIO_EXT_AVAILABLE = stub._IS_ALIGN_AVAILABLE = False
    stub.fail_if_no_align = _without_extension
    stub._check_cuda_version = lambda: None
    sys.modules["torchaudio._extension"] = stub
    import_module("torchaudio")


def _without_extension(_: Callable[..., Any]) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("torchaudio's compiled extension is not available")

    return fail


def _import_all() -> tuple[Any, Any, Any]:
    try:
        torch = import_module("torch")
        _import_torchaudio()
        import_module("transformers").logging.set_verbosity_error()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = import_module("TTS.tts.models.xtts")
            config = import_module("TTS.tts.configs.xtts_config")
    except (ImportError, OSError) as error:
        raise SynthesizerError(
            f"XTTS is not installed completely ({error}); install it with: {INSTALL}"
        ) from error
    # It warns of each long text; the chunker keeps the limits.
    logging.getLogger("TTS.tts.layers.xtts.tokenizer").setLevel(logging.ERROR)
    return torch, model.Xtts, config.XttsConfig


torch, Xtts, XttsConfig = _import_all()
