"""Sample-rate conversion of one stretch of audio."""

import numpy as np
import pytest
import soxr
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.playout.resampler import Resampler
from skaldcast.core.synthesis.synthesizer import Samples

RATES = [(24_000, 48_000), (24_000, 44_100), (22_050, 48_000), (24_000, 16_000)]
NOTHING = np.zeros(0, np.float32)


def converted(samples: Samples, cuts: list[int], source: int, target: int) -> Samples:
    resampler = Resampler(source, target)
    blocks = [resampler.process(block) for block in np.split(samples, cuts)]
    return np.concatenate([*blocks, resampler.process(NOTHING, last=True)])


@pytest.mark.parametrize(("source", "target"), RATES)
@pytest.mark.parametrize("count", [0, 1, 2, 37, 480, 24_000, 24_001])
def test_a_stretch_is_as_long_as_it_should_be(source: int, target: int, count: int) -> None:
    out = converted(np.ones(count, np.float32), [], source, target)
    assert abs(out.size - count * target / source) <= 0.5
    assert out.dtype == np.float32


@given(
    st.sampled_from(RATES),
    st.integers(0, 4000),
    st.lists(st.integers(0, 4000), max_size=12).map(sorted),
)
def test_pieces_of_any_size_give_the_same(
    rates: tuple[int, int], count: int, cuts: list[int]
) -> None:
    source, target = rates
    tone = np.sin(2 * np.pi * 440 / source * np.arange(count)).astype(np.float32)
    whole = soxr.resample(tone, source, target, quality="HQ")
    pieces = converted(tone, [min(cut, count) for cut in cuts], source, target)
    np.testing.assert_allclose(pieces, whole, atol=1e-5)


@pytest.mark.parametrize(("source", "target"), RATES)
def test_each_frame_stays_at_its_time(source: int, target: int) -> None:
    out = converted(np.linspace(0, 1, source, endpoint=False, dtype=np.float32), [], source, target)
    middle = slice(target // 4, target * 3 // 4)
    expected = np.arange(out.size) / target
    assert np.abs(out[middle] - expected[middle]).max() * source < 0.5


def test_equal_rates_pass_through_untouched() -> None:
    samples = np.random.default_rng(1).random(999).astype(np.float32)
    resampler = Resampler(24_000, 24_000)
    assert resampler.process(samples) is samples
    assert resampler.process(NOTHING, last=True).size == 0
