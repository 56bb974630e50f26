"""A voice is learned from clips through the model's public methods."""

import numpy as np
import pytest

from skaldcast.core.errors import SynthesizerError
from skaldcast.core.synthesis.xtts.checkpoint import Checkpoint
from skaldcast.core.synthesis.xtts.clips import CLIP_RATE
from skaldcast.core.synthesis.xtts.conditioning import condition
from tests.core.synthesis.xtts import tiny


def test_the_conditioning_has_the_shapes_that_the_model_takes(checkpoint: Checkpoint) -> None:
    latent, embedding = condition(checkpoint.model, [tiny.noise(3.0)])

    assert (latent.shape, latent.dtype) == ((1, 32, 32), np.float32)
    assert (embedding.shape, embedding.dtype) == ((1, 512, 1), np.float32)


def test_the_embedding_of_several_clips_is_their_mean(checkpoint: Checkpoint) -> None:
    clips = [tiny.noise(1.0), tiny.noise(2.0, seed=1)]

    both = condition(checkpoint.model, clips)[1]

    each = [condition(checkpoint.model, [clip])[1] for clip in clips]
    np.testing.assert_allclose(both, np.mean(each, axis=0), atol=1e-6)


def test_what_is_louder_than_full_scale_or_later_than_30_s_is_not_used(
    checkpoint: Checkpoint,
) -> None:
    clip = tiny.noise(31.0)
    changed = clip.copy()
    changed[0], clip[0] = 7.0, 1.0
    changed[30 * CLIP_RATE :] = 0.9

    for one, other in zip(
        condition(checkpoint.model, [clip]), condition(checkpoint.model, [changed]), strict=True
    ):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("seconds", [0.0, 0.3])
def test_a_clip_that_is_too_short_is_refused(checkpoint: Checkpoint, seconds: float) -> None:
    with pytest.raises(SynthesizerError, match="shorter"):
        condition(checkpoint.model, [tiny.noise(3.0), tiny.noise(seconds)])


def test_no_clip_at_all_is_refused(checkpoint: Checkpoint) -> None:
    with pytest.raises(SynthesizerError, match="shorter"):
        condition(checkpoint.model, [])
