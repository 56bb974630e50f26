"""A voice between others: a mean by weights, as long and as loud as they are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.errors import SynthesizerError
from skaldcast.core.synthesis.xtts.blending import blend
from tests.core.synthesis.xtts.test_voice_files import voice

weights = st.floats(0.001, 1000)


@given(weights, weights, weights)
def test_a_blend_lies_between_its_parts_whatever_the_scale(a: float, b: float, scale: float):
    one, other = voice("a", 1), voice("b", 2)
    mixed = blend([(one, a), (other, b)])
    again = blend([(one, a * scale), (other, b * scale)])
    np.testing.assert_allclose(again.gpt_cond_latent, mixed.gpt_cond_latent, atol=1e-6)
    low = np.minimum(one.gpt_cond_latent, other.gpt_cond_latent) - 1e-6
    high = np.maximum(one.gpt_cond_latent, other.gpt_cond_latent) + 1e-6
    assert ((low <= mixed.gpt_cond_latent) & (mixed.gpt_cond_latent <= high)).all()
    assert np.linalg.norm(mixed.speaker_embedding) == pytest.approx(1, abs=1e-5)
    assert mixed.gpt_cond_latent.dtype == mixed.speaker_embedding.dtype == np.float32


def test_a_voice_blended_with_itself_is_itself():
    mixed = blend([(voice(), 1), (voice(), 3)], "twice")
    np.testing.assert_allclose(mixed.gpt_cond_latent, voice().gpt_cond_latent, atol=1e-6)
    np.testing.assert_allclose(mixed.speaker_embedding, voice().speaker_embedding, atol=1e-6)
    assert (mixed.name, mixed.gain_db) == ("twice", -1.25)


def test_a_blends_embedding_is_as_long_as_its_parts_on_average():
    long = voice("b", 2, speaker_embedding=voice("b", 2).speaker_embedding * np.float32(3))
    mixed = blend([(voice("a", 1), 1), (long, 1)])
    assert np.linalg.norm(mixed.speaker_embedding) == pytest.approx(2, abs=1e-5)


def test_a_blend_says_what_it_is_made_of_and_speaks_the_heavier_ones_language():
    mixed = blend([(voice("a", language="en"), 1), (voice("b", language="fr"), 3)])
    assert mixed.settings == {"blend": "a=0.25, b=0.75"}
    assert mixed.language == "fr"


def test_a_gain_that_is_not_known_for_all_is_not_known_for_the_blend():
    assert blend([(voice(), 1), (voice(gain_db=None), 1)]).gain_db is None


@pytest.mark.parametrize("weight", [0.0, -1.0, float("nan"), float("inf")])
def test_a_weight_that_is_none_is_refused(weight: float):
    with pytest.raises(SynthesizerError, match="weights"):
        blend([(voice(), 1), (voice(), weight)])


def test_nothing_cannot_be_blended():
    with pytest.raises(SynthesizerError, match="weights"):
        blend([])


def test_voices_of_different_models_are_not_blended():
    other = voice("b", gpt_cond_latent=np.zeros((1, 32, 8), np.float32))
    with pytest.raises(SynthesizerError, match="different models"):
        blend([(voice("a"), 1), (other, 1)])
