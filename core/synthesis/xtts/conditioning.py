"""Computes what the model needs to know of a voice from recordings of it."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...errors import SynthesizerError
from ..synthesizer import Samples
from .clips import CLIP_RATE, LONGEST_S, SHORTEST_S
from .float32 import exact
from .library import torch

Conditioning: TypeAlias = tuple[NDArray[np.float32], NDArray[np.float32]]
"""`gpt_cond_latent` of shape (1, latents, channels) and `speaker_embedding` of (1, 512, 1)."""


def condition(
    model: Any, clips: Sequence[Samples], *, length_s: int = 30, window_s: int = 6
) -> Conditioning:
    """The conditioning of a voice by `clips`, mono float32 at `CLIP_RATE`, on the CPU.

    What upstream's `get_conditioning_latents` computes, without its file reading: the latents are
    the mean over windows of `window_s` of the first `length_s` seconds of all clips together, the
    embedding the mean over the clips. Raises `SynthesizerError`.
    """
    if not clips or min(clip.size for clip in clips) < SHORTEST_S * CLIP_RATE:
        raise SynthesizerError(
            f"a clip is shorter than {SHORTEST_S} s; record 6 to 30 s of the voice"
        )
    most = round(LONGEST_S * CLIP_RATE)
    try:
        with torch.inference_mode(), exact(model.device.type):
            audio = [torch.from_numpy(np.clip(clip[:most], -1.0, 1.0))[None] for clip in clips]
            embeddings = [model.get_speaker_embedding(one, CLIP_RATE) for one in audio]
            embedding = torch.stack(embeddings).mean(dim=0)
            latent = model.get_gpt_cond_latents(
                torch.cat(audio, dim=-1), CLIP_RATE, length=length_s, chunk_length=window_s
            )
    except RuntimeError as error:
        raise SynthesizerError(f"the voice cannot be learned from the clips: {error}") from error
    return _numpy(latent), _numpy(embedding)


def _numpy(tensor: Any) -> NDArray[np.float32]:
    return np.ascontiguousarray(tensor.float().cpu().numpy())
