"""A model of the released size with random weights: what speed is measured on without a download.

It says nothing, but each step and each window costs what it costs with the real weights.
"""

from dataclasses import dataclass
from typing import Any

from .checkpoint import strip_weight_norm
from .library import Xtts, XttsConfig, torch


@dataclass(frozen=True, slots=True)
class Size:
    """Widths of a model; the defaults are those of the released checkpoint."""

    layers: int = 30
    channels: int = 1024
    heads: int = 16
    text_tokens: int = 6681
    audio_codes: int = 1026
    """Start and stop among them: the last two."""


def configure(config: Any, size: Size) -> None:
    """Write `size` and what else the released ``config.json`` says into an ``XttsConfig``."""
    values: dict[str, Any] = {
        "gpt_layers": size.layers,
        "gpt_n_model_channels": size.channels,
        "gpt_n_heads": size.heads,
        "gpt_num_audio_tokens": size.audio_codes,
        "gpt_start_audio_token": size.audio_codes - 2,
        "gpt_stop_audio_token": size.audio_codes - 1,
        "gpt_use_perceiver_resampler": True,
        "gpt_max_audio_tokens": 605,
        "gpt_max_text_tokens": 402,
        "gpt_max_prompt_tokens": 70,
        "gpt_code_stride_len": 1024,
        "decoder_input_dim": size.channels,
        "d_vector_dim": 512,
    }
    for name, value in values.items():
        setattr(config.model_args, name, value)


def random_model(device: str = "cpu", size: Size | None = None) -> Any:
    """An ``Xtts`` with random weights that never stops by itself, ready for inference."""
    size = size or Size()
    config = XttsConfig()
    configure(config, size)
    config.model_args.gpt_number_text_tokens = size.text_tokens
    config.model_args.gpt_start_text_token = 1
    config.model_args.gpt_stop_text_token = 0
    model = Xtts(config)
    model.gpt.init_gpt_for_inference(kv_cache=True)
    with torch.no_grad():
        model.gpt.mel_head.bias[size.audio_codes - 1] -= 1000.0
    for part in (model.gpt, model.hifigan_decoder):
        part.eval()
    strip_weight_norm(model.hifigan_decoder.waveform_decoder)
    return model.to(device)


def random_voice(model: Any) -> tuple[Any, Any]:
    """A conditioning for it: latents (1, 32, channels) and an embedding (1, 512, 1)."""
    generator = torch.Generator().manual_seed(1)
    latent = torch.randn(1, 32, model.gpt.model_dim, generator=generator)
    embedding = torch.randn(1, 512, 1, generator=generator)
    embedding = torch.nn.functional.normalize(embedding, dim=1)
    return latent.to(model.device), embedding.to(model.device)
