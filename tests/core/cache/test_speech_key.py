"""What counts as the same sound."""

from dataclasses import fields, replace

import pytest

from skaldcast.core.cache.speech_key import is_speech_key, speech_key, speech_model
from skaldcast.core.synthesis.registry import resolve
from skaldcast.core.synthesis.synthesizer import SynthesisRequest

REQUEST = SynthesisRequest("The gate stood open.", "heart")
OTHERS = {
    "text": "The gate stood shut.",
    "voice": "anna",
    "speed": 1.1,
    "seed": 1,
    "language": "de",
    "loudness_lufs": -20.0,
    "continues": True,
    "order": 7,
}


def test_every_field_of_a_request_is_tested_here():
    assert {entry.name for entry in fields(SynthesisRequest)} <= set(OTHERS)


@pytest.mark.parametrize("name", [name for name in OTHERS if name != "order"])
def test_what_changes_the_sound_changes_the_key(name: str):
    other = replace(REQUEST, **{name: OTHERS[name]})
    assert speech_key(other, "m", 24_000) != speech_key(REQUEST, "m", 24_000)


def test_the_model_and_the_sample_rate_change_the_key_and_the_order_does_not():
    key = speech_key(REQUEST, "m", 24_000)
    assert is_speech_key(key)
    assert speech_key(REQUEST, "n", 24_000) != key
    assert speech_key(REQUEST, "m", 48_000) != key
    assert speech_key(replace(REQUEST, order=7), "m", 24_000) == key


def test_text_of_any_kind_has_a_key():
    assert is_speech_key(speech_key(replace(REQUEST, text="\udcff — 四\n\x00"), "m", 24_000))


def test_a_voice_whose_synthesizer_tells_its_version_has_a_model_that_says_it():
    model = speech_model(resolve("hibari:heart"), "heart")
    assert model is not None
    assert "0.2.1" in model


def test_the_tone_whose_phase_runs_on_is_never_kept():
    assert speech_model(resolve("tone?rtf=0"), "tone") is None
