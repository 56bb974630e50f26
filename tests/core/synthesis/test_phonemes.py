"""Text becomes phrases that a model can speak, with the words they belong to."""

import os

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from skaldcast.core.synthesis import phonemes
from skaldcast.core.synthesis.phonemes import MAX_PHONEMES, Phonemizer


@pytest.fixture(scope="module")
def phonemizer() -> Phonemizer:
    return Phonemizer()


def words(phonemizer: Phonemizer, text: str) -> list[str]:
    return [text[w.start : w.end] for p in phonemizer.phrases(text) for w in p.words]


def test_each_sentence_is_a_phrase(phonemizer: Phonemizer) -> None:
    phrases = list(phonemizer.phrases("Dr. Smith came. He sat down; nobody spoke!"))

    assert [phrase.ends_sentence for phrase in phrases] == [True, True]


def test_words_refer_to_the_text_as_given(phonemizer: Phonemizer) -> None:
    text = "It cost $9.99 at 3:45 pm.  “Queen Isolde—old-fashioned as ever—paid,” he said."

    spoken = "It cost 9.99 at 3:45 pm Queen Isolde old-fashioned as ever paid he said"
    assert words(phonemizer, text) == spoken.split()


def test_each_word_has_phonemes_and_none_is_out_of_range(phonemizer: Phonemizer) -> None:
    for phrase in phonemizer.phrases("The gate, old as the hills, did not open for 12 days."):
        for word in phrase.words:
            assert 0 <= word.first < word.last <= len(phrase.ids)


@pytest.mark.parametrize(
    "text",
    ["", "  ", "...", "?!", "—", "“”", "😀 🎲", "\x00\x07\x1b", "\u200b\ufeff", "你好", "\ud800"],
)
def test_what_cannot_be_read_gives_no_phrase(phonemizer: Phonemizer, text: str) -> None:
    assert list(phonemizer.phrases(text)) == []


def test_a_long_sentence_without_marks_is_cut_at_words(phonemizer: Phonemizer) -> None:
    text = "and the rain fell on the long road home " * 20

    phrases = list(phonemizer.phrases(text))

    assert len(phrases) > 1
    assert all(len(phrase.ids) <= MAX_PHONEMES for phrase in phrases)
    assert [phrase.ends_sentence for phrase in phrases] == [False] * (len(phrases) - 1) + [True]
    assert words(phonemizer, text) == text.split()


def test_a_number_that_hibari_cannot_read_is_spelled(phonemizer: Phonemizer) -> None:
    (phrase,) = phonemizer.phrases("It was 1" + "234" * 12 + " in all.")

    number = phrase.words[2]
    assert number.last - number.first > 37


def test_a_word_that_it_fails_on_costs_no_other(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    phonemizer = Phonemizer()
    reader = phonemizer._g2p
    tokenize = reader.tokenize

    def faulty(text: str) -> object:
        if "xyzzy" in text:
            raise IndexError("list index out of range")
        return tokenize(text)

    monkeypatch.setattr(reader, "tokenize", faulty)
    whole = list(phonemizer.phrases("one two four"))
    without = list(phonemizer.phrases("one two xyzzy four"))

    assert without[0].ids == whole[0].ids
    assert "xyzzy" in caplog.text


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=120) | st.text("aI1.,'’—-$%&/()[]<>= \n\t:;!?\"“”°#@", max_size=120))
@example("King " * 50 + "I")
def test_nothing_that_is_typed_makes_it_fail(phonemizer: Phonemizer, text: str) -> None:
    last = 0
    for phrase in phonemizer.phrases(text):
        assert 0 < len(phrase.ids) <= MAX_PHONEMES
        for word in phrase.words:
            assert last <= word.start < word.end <= len(text)
            last = word.end


def test_british_and_american_differ(phonemizer: Phonemizer) -> None:
    british = Phonemizer(british=True)

    text = "the bath"
    assert next(british.phrases(text)).ids != next(phonemizer.phrases(text)).ids


def test_onnxruntime_is_kept_from_writing_to_the_home_folder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("ORT_DISABLE_TELEMETRY", raising=False)

    phonemes.onnx_session.disable_telemetry()

    assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"
