"""The cast while it is edited."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.errors import ConfigError, StateError
from skaldcast.core.script.cast import GAIN_DB, SPEED, Cast, CharacterVoice
from skaldcast.tui.console.casting import Casting, Role, as_written, characters_in, find

STRAHD = CharacterVoice("Strahd", "kokoro:bm_george", 0.9, -2.0, ("the Count",))
VOICES = ("hibari:heart", "kokoro:bm_george", "kokoro:af_heart")


def casting(*parts: CharacterVoice, auto: bool = False) -> Casting:
    def make(parts: Iterable[CharacterVoice]) -> Cast:
        return Cast(parts, auto=auto, voices=VOICES, narrator="hibari:heart")

    return Casting(parts or (STRAHD,), "hibari:heart", make)


def role(made: Casting, name: str) -> Role:
    return next(role for role in made.roles() if role.name == name)


def test_narrator_cast_and_those_met_are_listed_with_the_voices_that_they_speak_with():
    made = casting(STRAHD, CharacterVoice("Ireena"), auto=True)
    made.meet(["Odo", "the count"])
    assert [(r.name, r.voice, r.is_cast, r.is_given) for r in made.roles()] == [
        ("Narrator", "hibari:heart", False, False),
        ("Strahd", "kokoro:bm_george", True, False),
        ("Ireena", "kokoro:af_heart", True, True),
        ("Odo", "kokoro:af_heart", False, True),
    ]


def test_without_voices_to_give_away_everybody_speaks_with_the_narrators():
    made = casting(CharacterVoice("Ireena"))
    made.meet(["Odo"])
    assert {r.voice for r in made.roles()} == {"hibari:heart"}


def test_voice_speed_and_gain_are_changed():
    made = casting()
    made.set_voice(role(made, "Strahd"), "hibari:heart")
    assert made.nudge_speed(role(made, "Strahd"), 0.05) == 0.95
    assert made.nudge_gain(role(made, "Strahd"), -1.0) == -3.0
    part = made.cast().part("the Count")
    assert (part.voice, part.speed, part.gain_db) == ("hibari:heart", 0.95, -3.0)
    made.reset(role(made, "Strahd"))
    part = made.cast().part("Strahd")
    assert (part.voice, part.speed, part.gain_db) == ("hibari:heart", 1.0, 0.0)


def test_who_was_only_met_is_cast_with_the_first_change():
    made = casting()
    made.meet(["Odo"])
    made.nudge_gain(role(made, "Odo"), 1.0)
    assert role(made, "Odo").is_cast
    assert made.parts == (STRAHD, CharacterVoice("Odo", gain_db=1.0))


def test_the_narrator_has_speed_and_gain_and_its_voice_is_a_setting():
    made = casting()
    made.nudge_speed(role(made, "Narrator"), -0.05)
    assert made.cast().part(None) == CharacterVoice("", speed=0.95)
    with pytest.raises(StateError, match="press 3"):
        made.set_voice(role(made, "Narrator"), "tone")
    made.remove(role(made, "Narrator"))
    assert made.parts == (STRAHD,)


def test_somebody_is_added_renamed_and_removed():
    made = casting()
    assert made.add(" Odo ,  the   guard, Odo the Tall,") == "Odo"
    assert as_written(role(made, "Odo")) == "Odo, the guard, Odo the Tall"
    assert made.rename(role(made, "Odo"), "Odo Fell, Odo") == "Odo Fell"
    assert made.cast().canonical("odo") == "Odo Fell"
    made.remove(role(made, "Odo Fell"))
    assert made.parts == (STRAHD,)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", "must have a name"),
        (" , x", None),
        ("strahd", "is in the cast already"),
        ("Odo, THE COUNT", "gives"),
        ("Narrator", "is the narrator"),
        ("[Odo]", "cannot be a name"),
        ("Odo: ", "cannot be a name"),
    ],
)
def test_a_name_that_cannot_be_is_told_and_changes_nothing(written: str, why: str | None):
    made = casting()
    if why is None:
        assert made.add(written) == "x"
        return
    with pytest.raises(ConfigError, match=why):
        made.add(written)
    assert made.parts == (STRAHD,)


def test_nobody_takes_the_name_of_another():
    made = casting()
    made.add("Odo")
    with pytest.raises(ConfigError):
        made.rename(role(made, "Odo"), "Strahd")
    assert [p.character for p in made.parts] == ["Strahd", "Odo"]


def test_who_is_not_in_the_file_cannot_be_removed():
    made = casting()
    made.meet(["Odo"])
    with pytest.raises(StateError, match="not in the cast file"):
        made.remove(role(made, "Odo"))


steps = st.lists(
    st.tuples(st.sampled_from(["speed", "gain", "voice", "add", "remove"]), st.integers(-50, 50))
)


@given(steps)
def test_all_changes_stay_within_the_limits_and_can_be_taken_back(
    steps: list[tuple[str, int]],
):
    made = casting()
    changed = 0
    for what, by in steps:
        before = made.parts
        someone = made.roles()[by % len(made.roles())]
        try:
            match what:
                case "speed":
                    made.nudge_speed(someone, by * 0.05)
                case "gain":
                    made.nudge_gain(someone, by)
                case "voice":
                    made.set_voice(someone, VOICES[by % 3])
                case "add":
                    made.add(f"N{by}")
                case _:
                    made.remove(someone)
        except (ConfigError, StateError):
            assert made.parts == before
        changed += made.parts != before
        assert all(SPEED[0] <= p.speed <= SPEED[1] for p in made.parts)
        assert all(GAIN_DB[0] <= p.gain_db <= GAIN_DB[1] for p in made.parts)
    for _ in range(changed):
        made.undo()
    assert made.parts == (STRAHD,)
    with pytest.raises(StateError, match="nothing was changed"):
        made.undo()


def test_a_search_goes_through_names_aliases_and_voices_and_around():
    made = casting()
    made.add("Odo")
    roles = made.roles()
    assert find(roles, "count", 0) == 1
    assert find(roles, "GEORGE", 1) == 1
    assert find(roles, "o", 2) == 0
    assert find(roles, "dragon", 0) is None


def test_who_speaks_in_the_cues_is_met_once():
    cues = [
        (None, "Night falls."),
        ("Mira", "Hello."),
        (None, "[Odo] Stop!\n\nStrahd: Come in."),
        (None, "ODO\nWho goes there?"),
        (None, "[the Count] Me."),
    ]
    assert characters_in(cues, casting().cast().canonical) == ["Mira", "Odo"]
