"""The cast: voices by name, alias and hash."""

import subprocess
import sys
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.errors import ConfigError
from skaldcast.core.script.cast import Cast, CharacterVoice

VOICES = ("hibari:heart", "kokoro:bm_george", "kokoro:af_bella", "kokoro:am_adam")
STRAHD = CharacterVoice("Strahd", "kokoro:bm_george", 0.9, -2.0, ("the Count", "Der Alte"))


@pytest.mark.parametrize(
    "name", ["Strahd", "STRAHD", " strahd ", "the Count", "count", "der  alte"]
)
def test_names_and_aliases_are_known_in_any_case(name: str):
    assert Cast([STRAHD]).canonical(name) == "Strahd"


def test_a_name_that_is_not_in_the_cast_is_unknown():
    cast = Cast([STRAHD])
    assert cast.canonical("Ireena") is None
    assert cast.canonical("") is None


def test_a_character_speaks_as_the_cast_says():
    assert Cast([STRAHD], auto=True, voices=VOICES).part("the count") == STRAHD


def test_without_auto_the_unknown_speak_with_the_narrators_voice():
    cast = Cast([STRAHD], voices=VOICES)
    assert cast.part("Guard") == CharacterVoice("Guard")
    assert cast.part(None) == CharacterVoice("")
    assert not Cast(voices=VOICES).needs_voices


def test_an_unknown_character_is_told_of_once():
    cast = Cast([STRAHD], auto=True, voices=VOICES)
    cast.part("Guard")
    cast.part("GUARD")
    cast.part("Strahd")
    cast.part(None)
    (notice,) = cast.take_notices()
    assert '"Guard" is not in the cast' in notice
    assert cast.part("Guard").voice in notice
    assert cast.take_notices() == []


def test_a_text_of_names_only_is_not_told_of_without_end():
    cast = Cast()
    for number in range(3000):
        cast.part(f"Guard {number}")
    assert len(cast.take_notices()) == 1000


@given(st.text(min_size=1).filter(str.strip), st.sampled_from(VOICES))
def test_nobody_gets_the_narrators_voice_where_there_is_another(name: str, narrator: str):
    cast = Cast(auto=True, voices=VOICES, narrator=narrator)
    assert cast.part(name).voice in set(VOICES) - {narrator}
    assert Cast(auto=True, voices=[narrator], narrator=narrator).part(name).voice is None


@given(st.lists(st.text("abcdefg", min_size=1, max_size=6)))
def test_a_voice_depends_on_the_name_alone(names: list[str]):
    cast = Cast(auto=True, voices=VOICES)
    before = [cast.part(name).voice for name in names]
    again = Cast(auto=True, voices=VOICES[::-1])
    assert [again.part(name).voice for name in reversed(names)] == before[::-1]


def test_a_voice_is_the_same_in_every_session():
    program = (
        "from skaldcast.core.script.cast import Cast\n"
        f"print(Cast(auto=True, voices={VOICES}).part('Guard').voice)"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        ).stdout.strip()
        for _ in range(2)
    }
    assert told == {Cast(auto=True, voices=VOICES).part("guard").voice}


def test_voices_are_spread_and_those_of_the_cast_are_left_to_it():
    cast = Cast([STRAHD], auto=True, voices=VOICES, narrator=VOICES[0])
    counts = Counter(cast.part(f"Guard {number}").voice for number in range(400))
    assert set(counts) == {"kokoro:af_bella", "kokoro:am_adam"}
    assert min(counts.values()) > 130


def test_a_further_voice_changes_few_of_the_others():
    names = [f"Guard {number}" for number in range(400)]
    before, after = Cast(auto=True, voices=VOICES), Cast(auto=True, voices=[*VOICES, "tone"])
    changed = [name for name in names if before.part(name) != after.part(name)]
    assert len(changed) < 120
    assert {after.part(name).voice for name in changed} == {"tone"}


def test_a_character_without_a_voice_gets_one_where_that_is_on():
    part = CharacterVoice("Ireena", speed=1.1)
    assert Cast([part]).part("Ireena") == part
    given = Cast([part], auto=True, voices=VOICES).part("Ireena")
    assert given.voice in VOICES
    assert given.speed == 1.1


def test_the_narrator_may_have_a_speed_of_its_own():
    cast = Cast.from_mapping({"Narrator": {"speed": 0.95}})
    assert cast.part(None) == CharacterVoice("", speed=0.95)
    assert cast.canonical("Narrator") is None


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"Strahd": "tone"}, "Strahd must be a table"),
        (
            {"Strahd": {"voise": "tone"}},
            "Strahd.voise is no key of a character; did you mean voice?",
        ),
        ({"Strahd": {"zzz": 1}}, "known: voice, speed, gain_db, aliases"),
        ({"Strahd": {"voice": 3}}, "Strahd.voice must be the name of a voice, not 3"),
        ({"Strahd": {"voice": " "}}, "must be the name of a voice"),
        ({"Strahd": {"speed": 3}}, "Strahd.speed must be a number from 0.5 to 2, not 3"),
        ({"Strahd": {"speed": True}}, "must be a number"),
        ({"Strahd": {"gain_db": 40}}, "Strahd.gain_db must be a number from -40 to 12, not 40"),
        ({"Strahd": {"aliases": "Count"}}, 'Strahd.aliases must be a list like ["the Count"]'),
        ({"Strahd": {"aliases": [""]}}, "must be a list"),
        ({" ": {}}, "must have a name"),
        ({"Narrator": {"voice": "tone"}}, "Narrator.voice cannot be set here: the setting voice"),
        (
            {"Strahd": {"aliases": ["Lord"]}, "Ismark": {"aliases": ["the lord"]}},
            'Ismark.aliases is a name of Strahd too: "the lord"',
        ),
        ({"Strahd": {}, "STRAHD": {}}, "STRAHD is a name of Strahd too"),
    ],
)
def test_what_is_wrong_is_told_with_its_key(values: dict[str, object], message: str):
    with pytest.raises(ConfigError) as error:
        Cast.from_mapping(values)
    assert message in str(error.value)


def test_two_parts_with_a_common_name_are_refused():
    with pytest.raises(ConfigError, match="to Strahd and to Ismark"):
        Cast([STRAHD, CharacterVoice("Ismark", aliases=("Count",))])
