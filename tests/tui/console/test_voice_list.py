"""Voices are found by name, and say something in their own language."""

import pytest

from skaldcast.core.synthesis.registry import VoiceRow
from skaldcast.core.types import Voice
from skaldcast.tui.console.voice_list import SAMPLES, matching, row_of, sample_in


def row(spec: str, *languages: str, default: bool = False, told: str = "") -> VoiceRow:
    synthesizer, _, name = spec.partition(":")
    return VoiceRow(Voice(synthesizer, name, languages or ("en",), description=told), default)


ROWS = [
    row("hibari:heart", "en-US", default=True, told="calm woman"),
    row("kokoro:bm_george", "en-GB", default=True, told="grave man"),
    row("kokoro:heart", "en-US"),
    row("xtts:anna", "de"),
]


@pytest.mark.parametrize(
    ("voice", "spec"),
    [
        ("hibari:heart", "hibari:heart"),
        ("kokoro", "kokoro:bm_george"),
        ("anna", "xtts:anna"),
        ("bm_george?speed=2", "kokoro:bm_george"),
        ("heart", None),
        ("nobody", None),
        ("", None),
    ],
)
def test_a_voice_is_found_as_the_command_line_finds_it(voice: str, spec: str | None):
    found = row_of(ROWS, voice)
    assert (found.voice.spec if found else None) == spec


def test_the_list_is_narrowed_down_by_all_words():
    assert [r.voice.spec for r in matching(ROWS, "WOMAN us")] == ["hibari:heart"]
    assert matching(ROWS, "  ") == ROWS
    assert matching(ROWS, "dragon") == []


def test_a_voice_says_something_in_its_own_language():
    assert sample_in(("de-AT", "en")) == SAMPLES["de"]
    assert sample_in(("tlh", "fr")) == SAMPLES["fr"]
    assert sample_in(()) == sample_in(("tlh",)) == SAMPLES["en"]
