"""Who speaks which piece of a cue."""

from skaldcast.core.cue import Cue
from skaldcast.core.script.cast import Cast, CharacterVoice
from skaldcast.core.script.pieces import ScriptPiece
from skaldcast.core.script.plain import PlainText
from skaldcast.core.staging import Staging
from skaldcast.core.synthesis.voice_profile import VoiceProfile
from skaldcast.core.voice_in_use import Part, VoiceInUse

NAMES = ("narrator", "bell", "horn")
VOICES = {name: VoiceInUse(name, VoiceProfile(name)) for name in NAMES}


def staging(*parts: CharacterVoice, script: bool = True) -> Staging:
    made = Staging(VOICES["narrator"], Cast(parts), script=script)
    made.find = VOICES.get
    return made


def said_by(
    made: Staging, character: str | None, cue: Cue | None = None, speed: float = 1.0
) -> Part:
    return made.part(cue or Cue("a"), ScriptPiece("Hi.", 0, character, speed))


def test_a_character_has_the_voice_speed_and_gain_that_the_cast_gives_it():
    part = said_by(staging(CharacterVoice("Mira", "bell", 0.8, -3.0)), "Mira", speed=0.5)
    assert part == Part(VOICES["bell"], "Mira", 0.4, -3.0)


def test_who_has_no_voice_speaks_with_the_narrators():
    made = staging(CharacterVoice("Mira"), CharacterVoice("Odo", "nowhere"))
    for name in ("Mira", "Odo", "Nobody", None):
        assert said_by(made, name).voice is VOICES["narrator"]


def test_a_voice_that_failed_is_the_narrators():
    broken = VoiceInUse("broken", VoiceProfile("broken"), failed=True)
    made = staging(CharacterVoice("Mira", "bell"))
    made.find = lambda _: broken
    assert said_by(made, "Mira").voice is VOICES["narrator"]
    assert said_by(made, None, Cue("a", spoken_by=broken)).voice is VOICES["narrator"]


def test_a_cues_own_voice_is_that_of_who_speaks_it_and_of_nobody_else():
    made = staging(CharacterVoice("Mira", "bell"))
    own = Cue("a", spoken_by=VOICES["horn"])
    assert said_by(made, None, own).voice is VOICES["horn"]
    assert said_by(made, "Mira", own).voice is VOICES["bell"]
    mira = Cue("a", spoken_by=VOICES["horn"], character="Mira")
    assert said_by(made, "Mira", mira).voice is VOICES["horn"]


def test_voices_that_are_set_go_before_the_casts_and_are_forgotten_with_the_next():
    made = staging(CharacterVoice("Mira", "bell", 0.8))
    made.set_voices({"mira": "horn", "Odo": "bell"})
    assert said_by(made, "Mira") == Part(VOICES["horn"], "Mira", 0.8)
    assert said_by(made, "Odo").voice is VOICES["bell"]
    made.set_voices({})
    assert said_by(made, "Mira").voice is VOICES["bell"]
    assert said_by(made, "Odo").voice is VOICES["narrator"]


def test_a_cue_is_read_as_a_script_only_where_scripts_are_read():
    assert isinstance(staging(script=False).parser(Cue("a")), PlainText)
    pieces = staging(CharacterVoice("Mira", "bell")).parser(Cue("a", character="Mira"))
    read = [*pieces.push("Hello.\n[Odo] Good day."), *pieces.finish()]
    assert [piece.character for piece in read if piece.text.strip()] == ["Mira", "Odo"]


def test_another_cast_holds_for_the_cues_that_begin_after_it():
    made = staging(CharacterVoice("Mira", "bell"))
    before = made.director(Cue("a"))
    made.set_cast(Cast([CharacterVoice("Mira", "horn", 0.8, -3.0)]))
    after = made.director(Cue("b"))
    piece = ScriptPiece("Hi.", 0, "Mira")
    assert before(piece) == Part(VOICES["bell"], "Mira")
    assert after(piece) == Part(VOICES["horn"], "Mira", 0.8, -3.0)


def test_voices_that_were_set_stay_with_another_cast():
    made = staging(CharacterVoice("Mira", "bell"))
    made.set_voices({"Mira": "horn"})
    made.set_cast(Cast([CharacterVoice("Mira", "bell", 0.8)]))
    assert said_by(made, "Mira") == Part(VOICES["horn"], "Mira", 0.8)


def test_who_was_told_of_is_not_told_of_again_with_another_cast():
    made = staging()
    director = made.director(Cue("a"))
    made.set_cast(Cast())
    director(ScriptPiece("Hi.", 0, "Odo"))
    assert len(made.cast.take_notices()) == 1
    said_by(made, "Odo")
    assert made.cast.take_notices() == []
