"""How a narrator is set up."""

from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from skaldcast.core.errors import SkaldcastError
from skaldcast.core.narrator_options import NarratorOptions
from skaldcast.core.synthesis.messages import VoiceLoaded
from skaldcast.core.synthesis.registry import GROUP, VoiceRegistry
from skaldcast.core.synthesis.synthesizer import SpeedHint
from skaldcast.core.synthesis.tone import ToneSynthesizer
from skaldcast.core.synthesis.voice_profile_store import VoiceProfileStore

TONE = VoiceRegistry().resolve("tone")
LOADED = VoiceLoaded("tone", 24_000, 1, SpeedHint(0.1, 0.1, 0.2, 0.06), pauses=False)


class BriefSynthesizer(ToneSynthesizer):
    """A tone that cannot be long, and shall not be very short."""

    def most_characters(self, language: str) -> int:
        return {"ja": 71}.get(language, 250)

    def least_characters(self, language: str) -> int:
        return {"ja": 6}.get(language, 20)


@pytest.mark.parametrize(("language", "least", "most"), [(None, 20, 250), ("ja", 6, 71)])
def test_chunks_have_a_length_that_the_voice_speaks_well(
    language: str | None, least: int, most: int
):
    registry = VoiceRegistry([EntryPoint("brief", f"{__name__}:BriefSynthesizer", GROUP)])
    voice = registry.resolve("brief")
    speech = NarratorOptions(language=language).speech(voice)
    narrator, usual = speech.staging.narrator, speech.languages.usual
    assert (narrator.least_characters(usual), narrator.most_characters(usual)) == (least, most)


def test_a_voice_without_limits_leaves_the_profile_as_it_is():
    narrator = NarratorOptions().speech(TONE).staging.narrator
    assert (narrator.least_characters("en"), narrator.most_characters("en")) == (0, None)


def test_the_defaults_are_good():
    NarratorOptions().check()


@pytest.mark.parametrize(
    "wrong",
    [
        {"speed": 0.4},
        {"speed": float("nan")},
        {"volume": 1.1},
        {"profile": "epic"},
        {"output": "pigeon"},
        {"output": None},
        {"voice": None},
        {"voice": " "},
        {"latency_s": 0.0},
        {"latency_s": float("nan")},
        {"seed": "x"},
        {"seed": -1},
        {"loudness_lufs": 50.0},
        {"prebuffer": "hasty"},
        {"prebuffer_start_s": 1.0},
    ],
)
def test_what_is_wrong_is_told_before_anything_is_started(wrong: dict[str, object]):
    with pytest.raises(SkaldcastError):
        replace(NarratorOptions(), **wrong).check()  # type: ignore[arg-type]


def test_a_voice_at_another_speed_is_another_one_to_learn(tmp_path: Path):
    store = VoiceProfileStore(tmp_path)
    own, faster = NarratorOptions(), NarratorOptions(speed=2.0)
    assert own.load_profile(None, TONE, LOADED).voice == "tone:tone"
    profile = faster.load_profile(store, TONE, LOADED)
    assert profile.voice == "tone:tone at 2.0"
    assert profile.pace().seconds_per_character == pytest.approx(0.03)


def test_a_voice_that_says_nothing_of_its_speed_can_be_learned():
    silent = replace(LOADED, speed_hint=None)
    assert NarratorOptions(speed=2.0).load_profile(None, TONE, silent).observed == 0


def test_speech_is_as_the_options_say():
    speech = NarratorOptions(profile="longform", speed=1.5, seed=3, language="de").speech(TONE)
    assert (speech.staging.narrator.name, speech.profile, speech.speed) == ("tone", "longform", 1.5)
    assert (speech.seed, speech.languages.usual) == (3, "de")
