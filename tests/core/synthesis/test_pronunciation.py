"""Pronunciations in the form that hibari and Kokoro take."""

import json
from importlib.util import find_spec
from pathlib import Path

import pytest

from skaldcast.core.synthesis.hibari import HibariSynthesizer
from skaldcast.core.synthesis.kokoro import KokoroSynthesizer
from skaldcast.core.synthesis.phonemes import Phonemizer
from skaldcast.core.synthesis.pronunciation import (
    ALPHABET,
    in_alphabet,
    inline,
    unknown_symbols,
    without_inline,
)
from skaldcast.core.synthesis.synthesizer import Pronouncing, Synthesizer
from skaldcast.core.synthesis.tone import ToneSynthesizer
from skaldcast.core.types import SpokenForm


@pytest.mark.parametrize(
    ("synthesizer", "form", "said"),
    [
        (ToneSynthesizer({}), SpokenForm.WRITTEN, "Ys"),
        (HibariSynthesizer({}), SpokenForm.PHONEMES, "[Ys](/ˈis/)"),
        (KokoroSynthesizer({}), SpokenForm.PHONEMES, "[Ys](/ˈis/)"),
    ],
)
def test_each_voice_says_which_form_it_takes(
    synthesizer: Synthesizer, form: SpokenForm, said: str
) -> None:
    assert isinstance(synthesizer, Pronouncing)
    assert synthesizer.spoken_form is form
    assert synthesizer.pronounce("Ys", "ˈis") == said


@pytest.mark.parametrize(
    ("ipa", "spelled"),
    [
        ("mˈæləkɑɹ", "mˈæləkɑɹ"),
        ("/ˈmæləkɑr/", "mˈæləkɑɹ"),
        ("ˈstreɪ.də", "stɹˈAdə"),
        ("t͡ʃaɪ dʒoʊ", "ʧI ʤO"),
    ],
)
def test_plain_ipa_is_brought_into_the_models_alphabet(ipa: str, spelled: str) -> None:
    assert in_alphabet(ipa) == spelled


def test_symbols_that_the_models_do_not_know_are_named() -> None:
    assert unknown_symbols("ǂaǂ¡") == "ǂ¡"
    assert unknown_symbols("ˈstrɑːd") == ""


def test_the_alphabet_is_the_one_of_the_models() -> None:
    spec = find_spec("hibari")
    assert spec is not None
    assert spec.origin is not None
    vocabulary = json.loads((Path(spec.origin).parent / "assets" / "vocab.json").read_text("utf-8"))
    assert set(vocabulary) >= ALPHABET
    assert {c for c in vocabulary if c.isalpha()} <= ALPHABET


def test_a_word_that_cannot_have_one_stays_as_it_is() -> None:
    assert inline("Malachar", "mˈæl") == "[Malachar](/mˈæl/)"
    assert inline("Mal]achar", "mˈæl") == "Mal]achar"
    assert inline("Malachar", "ǂ") == "Malachar"


def test_only_the_word_is_left_of_an_inline_form_and_it_stays_where_it_is() -> None:
    text = "Then [Caer Morwyn](/kaɪɹ/) fell [sic] (once)."
    left = without_inline(text)
    assert len(left) == len(text)
    assert left.index("Caer") == text.index("Caer")
    assert left.split() == ["Then", "Caer", "Morwyn", "fell", "[sic]", "(once)."]


def test_word_times_are_those_of_the_visible_words() -> None:
    text = "Then [Malachar's](/mˈæləkɑɹz/) men took [Caer Morwyn](/kˈIɹ mˈɔɹwɪn/), 3 of them."
    phonemizer = Phonemizer()
    (phrase,) = phonemizer.phrases(text)
    names = {number: letter for letter, number in phonemizer._vocabulary.items()}
    said = {
        text[w.start : w.end]: "".join(names[n] for n in phrase.ids[w.first : w.last]).strip()
        for w in phrase.words
    }
    assert list(said) == ["Then", "Malachar's", "men", "took", "Caer", "Morwyn", "3", "of", "them"]
    assert said["Malachar's"] == "mˈæləkɑɹz"
    assert (said["Caer"], said["Morwyn"]) == ("kˈIɹ", "mˈɔɹwɪn")
    assert said["took"] == "tˈʊk"
