"""Voices between other voices. Plain."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ...errors import SynthesizerError
from .voice_files import XttsVoice


def blend(parts: Sequence[tuple[XttsVoice, float]], name: str = "blend") -> XttsVoice:
    """One voice between several, by weights that are brought to a sum of 1.

    Latents are averaged, as upstream averages those of several clips; the embedding keeps its
    length, which a plain average of unit vectors would lose. Raises `SynthesizerError`.
    """
    if not parts or not all(0 < weight < np.inf for _, weight in parts):
        raise SynthesizerError(
            "voices cannot be blended by these weights; give each voice a number above 0"
        )
    shapes = {voice.name: voice.gpt_cond_latent.shape for voice, _ in parts}
    if len(set(shapes.values())) > 1:
        listed = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise SynthesizerError(
            f"voices of different models cannot be blended: {listed}; add them anew with one model"
        )
    weights = np.array([weight for _, weight in parts], np.float64)
    weights /= weights.sum()
    embeddings = np.stack([voice.speaker_embedding for voice, _ in parts]).astype(np.float64)
    embedding = np.tensordot(weights, embeddings, 1)
    length = weights @ np.linalg.norm(embeddings.reshape(len(parts), -1), axis=1)
    embedding *= length / max(float(np.linalg.norm(embedding)), 1e-12)
    latents = np.stack([voice.gpt_cond_latent for voice, _ in parts]).astype(np.float64)
    heaviest = parts[int(np.argmax(weights))][0]
    return XttsVoice(
        name,
        heaviest.language,
        np.tensordot(weights, latents, 1).astype(np.float32),
        embedding.astype(np.float32),
        _blended_gain_db([voice for voice, _ in parts], weights),
        {"blend": ", ".join(f"{v.name}={w:.4g}" for (v, _), w in zip(parts, weights, strict=True))},
    )


def _blended_gain_db(voices: Sequence[XttsVoice], weights: NDArray[np.float64]) -> float | None:
    gains = [voice.gain_db for voice in voices if voice.gain_db is not None]
    return float(weights @ np.array(gains)) if len(gains) == len(voices) else None
