"""What a synthesizer is given, and where each word of it stands in what was written."""

import logging
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skaldcast.core.spoken import rules
from skaldcast.core.spoken.lexicon import Entry, Lexicon
from skaldcast.core.spoken.speaker import SpeakableText
from skaldcast.core.spoken.spoken_text import SpokenText
from skaldcast.core.types import SpokenForm

LEXICON = Lexicon(
    [
        Entry("Malachar", "MAL-a-kar", "mˈæləkɑɹ"),
        Entry("Caer Morwyn", "KIRE MOR-win"),
        Entry("gp", "gulden"),
        Entry("Xyr", ipa="zɪɹ"),
    ]
)
SPEAKABLE = SpeakableText(LEXICON)

PROSE = st.text("abcdefghij KLMN,;!?'’“”—\n", max_size=80).filter(
    lambda text: not any(a.isupper() and b.isupper() for a, b in pairwise(text))
)
_PIECES = (
    "2d6+3|12|1/2|$5.50|3|May|1492|King|Charles|II|Malachar's|Caer|Morwyn|60|ft.|DC|15|gp|Xyr|e.g.|"
    "Mr.|a@b.org|https://x.org/y|#|&|→|½|5|p.m.|\n|\u200b|\u00ad|“|”|.|,|-|/|the|at|7|w/|no.|'90s"
)
MARKED = st.lists(st.sampled_from(_PIECES.split("|")), max_size=20).map(" ".join)
ANYTHING = (
    st.text(max_size=100) | st.text("0123456789/.,:-+d%$ APMIVX\n\u00adé", max_size=60) | MARKED
)


def speak(text: str, form: SpokenForm = SpokenForm.WORDS) -> SpokenText:
    return SPEAKABLE.speak(text, "en", form, lambda word, ipa: f"[{word}](/{ipa}/)")


def written_of(spoken: SpokenText, word: str) -> str:
    """The written text that a spoken word stands for."""
    start = spoken.text.index(word)
    begin, end = spoken.written_span(start, start + len(word))
    return spoken.written[begin:end]


def clean(text: str) -> str:
    """What a text without anything to rewrite comes out as."""
    kept = (c if c.isprintable() else "" if unicodedata.category(c) == "Cf" else " " for c in text)
    return "".join(kept).strip()


@given(PROSE)
def test_prose_comes_out_as_it_is(text: str) -> None:
    spoken = SpeakableText().speak(text, "en", SpokenForm.WORDS)
    assert spoken.text == clean(text)
    offset = len(text) - len(text.lstrip())
    for at, character in enumerate(spoken.text):
        if not character.isspace():
            assert spoken.written_span(at, at + 1) == (at + offset, at + offset + 1)


@given(st.text(max_size=80))
def test_the_written_form_only_loses_what_cannot_be_printed(text: str) -> None:
    assert speak(text, SpokenForm.WRITTEN).text == clean(text)


@settings(max_examples=300)
@given(ANYTHING, st.sampled_from([SpokenForm.WORDS, SpokenForm.PHONEMES]))
def test_spans_go_forwards_and_stay_inside(text: str, form: SpokenForm) -> None:
    spoken = speak(text, form)
    assert spoken.text == spoken.text.strip()
    assert spoken.text.isprintable()
    last = (0, 0)
    for at, character in enumerate(spoken.text):
        start, end = spoken.written_span(at, at + 1)
        assert 0 <= start <= end <= len(text)
        if not character.isspace():
            assert start < end
            assert text[start:end] == text[start:end].strip()
            assert last[0] <= start
            assert last[1] <= end
            last = (start, end)


@given(ANYTHING, st.integers(-5, 200), st.integers(-5, 200))
def test_no_span_is_too_odd(text: str, start: int, end: int) -> None:
    spoken = speak(text)
    begin, stop = spoken.written_span(start, end)
    assert 0 <= begin <= stop <= len(text)


@given(ANYTHING)
def test_nothing_that_has_letters_falls_silent(text: str) -> None:
    if any(c.isalnum() for c in clean(text)):
        assert any(c.isalnum() for c in speak(text).text)


def test_each_word_of_an_expression_stands_for_all_of_it() -> None:
    spoken = speak("Roll\n 2d6+3 now.")
    assert spoken.text == "Roll  two d six plus three now."
    assert [written_of(spoken, word) for word in ("two", "d", "plus", "three")] == ["2d6+3"] * 4
    assert [written_of(spoken, word) for word in ("Roll", "now")] == ["Roll", "now"]


def test_what_was_left_out_moves_no_span() -> None:
    spoken = speak("\u200b 5 gob\u00adlins, 3 orcs")
    assert spoken.text == "five goblins, three orcs"
    assert written_of(spoken, "goblins") == "gob\u00adlins"
    assert written_of(spoken, "three") == "3"
    assert written_of(spoken, "orcs") == "orcs"


def test_names_are_respelled_or_given_in_phonemes() -> None:
    text = "Malachar's men left Caer Morwyn."
    assert speak(text).text == "Mal-uh-kar's men left Kire mor-win."
    phonemes = speak(text, SpokenForm.PHONEMES)
    assert phonemes.text == "[Malachar's](/mˈæləkɑɹz/) men left Kire mor-win."
    assert written_of(phonemes, "[Malachar's](/mˈæləkɑɹz/)") == "Malachar's"
    assert written_of(phonemes, "mor-win") == "Caer Morwyn"


def test_a_name_with_ipa_alone_is_left_where_ipa_is_not_taken() -> None:
    assert speak("Xyr came").text == "Xyr came"
    assert SPEAKABLE.speak("Xyr came", "en", SpokenForm.PHONEMES).text == "Xyr came"


def test_the_lexicon_goes_before_the_rules() -> None:
    assert speak("5 gp, 3 sp").text == "five gulden, three silver pieces"


def test_a_name_is_said_in_every_language() -> None:
    assert SPEAKABLE.speak("Malachar kam", "xx", SpokenForm.WORDS).text == "Mal-uh-kar kam"


@pytest.mark.parametrize(
    "text", ["2d6+3, DC 15, AC 17, 5 p.m., $5.50, 3 May 1492", "King Henry V, e.g. 60 ft. & 1/2"]
)
def test_what_is_said_is_not_said_otherwise_again(text: str) -> None:
    once = speak(text).text
    assert speak(once).text == once


@pytest.mark.parametrize(
    "text",
    ["7" * 10_000, "1/" * 5_000, "1d6+" * 3_000, "." * 10_000, "a@" * 5_000, "e.g." * 2_000,
     "中文 5 кот ٣ ½", "\ud800 5", "", "\u200b", " \n "],
)  # fmt: skip
def test_hostile_text_comes_through(text: str) -> None:
    spoken = speak(text)
    assert spoken.text.isprintable()
    assert len(spoken.text) >= len(clean(text).replace(".", "").replace("@", "")) // 2


def test_a_fault_of_a_rule_costs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def fail(match: object) -> None:
        raise IndexError(match)

    faulty = rules.Rules(r"\d", [rules.Group("", [rules.Rule("faulty", r"\d+", fail)])])
    with caplog.at_level(logging.WARNING):
        assert list(faulty.edits("12 men", 0, 6)) == []
    assert "12" in caplog.text


def test_a_fault_anywhere_leaves_the_text_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    speakable = SpeakableText(LEXICON)

    def fail(text: str) -> None:
        raise IndexError(text)

    monkeypatch.setattr(LEXICON, "find", fail)
    assert speakable.speak("12 men", "en", SpokenForm.WORDS).text == "12 men"
