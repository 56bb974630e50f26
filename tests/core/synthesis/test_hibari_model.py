"""hibari rendered in stretches sounds as hibari renders it in one go."""

from dataclasses import replace

import numpy as np
import pytest
from hibari import dsp

from skaldcast.core.synthesis.hibari_model import HOP, HibariModel, pauses, sounding
from skaldcast.core.synthesis.phonemes import Phonemizer

RATE = 24_000
LINE = "The old gate stood at the end of the road, and nobody had opened it for years."


@pytest.fixture(scope="module")
def model() -> HibariModel:
    return HibariModel("heart")


def test_stretches_are_what_hibari_makes_in_one_go(model: HibariModel) -> None:
    phrase = next(Phonemizer().phrases(LINE))
    s = model.spectrum(phrase.ids, 1.0)
    silent_noise = replace(s, ln=s.ln - 100)  # the noise is drawn otherwise here

    rng = np.random.default_rng(0)
    ours = np.concatenate(list(model.render(silent_noise, 0, s.f0.size, rng)))

    whole = dsp.synth(s.lh, s.theta, silent_noise.ln, s.lr, s.phi, s.f0, rng)
    np.testing.assert_allclose(ours, whole, atol=1e-5)


def test_the_noise_is_as_loud_as_hibaris(model: HibariModel) -> None:
    phrase = next(Phonemizer().phrases("She sells sea shells, he hissed softly."))
    s = model.spectrum(phrase.ids, 1.0)
    rng = np.random.default_rng(0)

    ours = np.concatenate(list(model.render(s, 0, s.f0.size, rng)))

    whole = dsp.synth(s.lh, s.theta, s.ln, s.lr, s.phi, s.f0, rng)
    assert (ours**2).mean() == pytest.approx((whole**2).mean(), rel=0.05)


def test_what_is_left_out_is_silence(model: HibariModel) -> None:
    phrase = next(Phonemizer().phrases(LINE))
    s = model.spectrum(phrase.ids, 1.0)
    first, last = sounding(s.levels())

    whole = dsp.synth(s.lh, s.theta, s.ln, s.lr, s.phi, s.f0, np.random.default_rng(0))
    assert 0 < first < last < s.f0.size
    assert np.abs(whole[: first * HOP]).max() < 1e-4
    assert np.abs(whole[last * HOP :]).max() < 1e-4


def test_durations_add_up_to_the_sound(model: HibariModel) -> None:
    phrase = next(Phonemizer().phrases(LINE))
    s = model.spectrum(phrase.ids, 1.0)

    assert len(s.ends_s) == len(phrase.ids) + 2
    assert s.ends_s[-1] == pytest.approx(s.f0.size * HOP / RATE)


def test_a_pause_in_the_sentence_is_found(model: HibariModel) -> None:
    phrase = next(Phonemizer().phrases("They looked, and then they ran."))

    found = pauses(model.spectrum(phrase.ids, 1.0).levels())

    # Before, in the middle and after.
    assert len(found) == 3
    assert 0.05 < found[1][1] - found[1][0] < 0.6
