"""Streamed audio is the audio that the vocoder makes in one go, whatever the cuts."""

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from skaldcast.core.synthesis.xtts.checkpoint import Checkpoint
from skaldcast.core.synthesis.xtts.device import Lane, Mark
from skaldcast.core.synthesis.xtts.library import torch
from skaldcast.core.synthesis.xtts.vocoder import Vocoder, samples
from skaldcast.core.synthesis.xtts.windows import StepSizes

EMBEDDING = torch.nn.functional.normalize(
    torch.randn(1, 512, 1, generator=torch.Generator().manual_seed(3)), dim=1
)


def latents(count: int) -> Any:
    return torch.randn(1, count, 32, generator=torch.Generator().manual_seed(count))


def one_shot(checkpoint: Checkpoint, of: Any, speed: float = 1.0) -> Any:
    """Upstream's own way, over all latents."""
    with torch.inference_mode():
        if speed != 1.0:
            of = torch.nn.functional.interpolate(
                of.transpose(1, 2), scale_factor=1.0 / speed, mode="linear"
            ).transpose(1, 2)
        return checkpoint.model.hifigan_decoder(of, g=EMBEDDING).squeeze().numpy()


def streamed(
    checkpoint: Checkpoint, of: Any, counts: list[int], sizes: StepSizes, speed: float = 1.0
) -> list[Any]:
    stream = Vocoder(checkpoint.model, Lane("cpu"), Lane("cpu")).open(EMBEDDING, speed, sizes)
    arrivals = [stream.push(n, lambda n=n: (of[:, :n].clone(), Mark(None))) for n in counts]
    total = of.shape[1]
    arrivals.append(stream.push(total, lambda: (of, Mark(None)), final=True))
    return [samples(arrival) for arrival in arrivals if arrival is not None]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    total=st.integers(1, 90),
    cuts=st.lists(st.integers(1, 89), max_size=8),
    first=st.integers(1, 30),
    speed=st.sampled_from([1.0, 1.0, 0.5, 0.8, 1.25, 2.0]),
)
def test_any_cuts_give_the_samples_of_one_shot(
    checkpoint: Checkpoint, total: int, cuts: list[int], first: int, speed: float
) -> None:
    assume(int(total / speed))  # of a code that is sped up to nothing there is no one-shot
    of = latents(total)
    counts = sorted(cut for cut in cuts if cut <= total)

    pieces = streamed(checkpoint, of, counts, StepSizes(first, 48), speed)

    whole, joined = one_shot(checkpoint, of, speed), np.concatenate(pieces)
    assert joined.shape == whole.shape
    rms = np.sqrt(np.mean(np.square(whole)))
    assert np.abs(joined - whole).max() <= 1e-5 * rms


def test_the_first_audio_comes_after_twelve_codes(checkpoint: Checkpoint) -> None:
    stream = Vocoder(checkpoint.model, Lane("cpu"), Lane("cpu")).open(EMBEDDING, 1.0, StepSizes())
    of = latents(12)

    assert stream.push(11, lambda: (of[:, :11], Mark(None))) is None
    arrival = stream.push(12, lambda: (of, Mark(None)))

    assert arrival is not None
    assert samples(arrival).size / 24_000 > 0.3


def test_the_last_sample_of_an_utterance_is_emitted(checkpoint: Checkpoint) -> None:
    of = latents(45)
    pieces = streamed(checkpoint, of, list(range(45)), StepSizes())

    assert sum(piece.size for piece in pieces) == 45 * 4 * 24_000 // 22_050 * 256


@pytest.mark.parametrize("outer", [torch.bfloat16])
def test_an_outer_autocast_does_not_lower_the_precision(checkpoint: Checkpoint, outer: Any) -> None:
    of = latents(20)
    with torch.autocast("cpu", dtype=outer):
        pieces = streamed(checkpoint, of, [], StepSizes())

    assert pieces[0].dtype == np.float32
    np.testing.assert_array_equal(pieces[0], one_shot(checkpoint, of))


def test_the_audio_is_float32_and_within_full_scale(checkpoint: Checkpoint) -> None:
    (audio,) = streamed(checkpoint, latents(30), [], StepSizes())

    assert audio.dtype == np.float32
    assert np.isfinite(audio).all()
    assert np.abs(audio).max() <= 1.0
