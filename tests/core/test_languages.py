"""Each cue is spoken in its own language, the narrator's, or the one that its text is in."""

import pytest

from skaldcast.core.cue import Cue
from skaldcast.core.errors import ConfigError, SynthesizerError
from skaldcast.core.languages import AUTO, Languages
from skaldcast.core.synthesis.voice_profile import VoiceProfile
from skaldcast.core.text import language_guess
from skaldcast.core.text.language_guess import LanguageGuess
from skaldcast.core.voice_in_use import VoiceInUse

GERMAN = "Die Glocke läutete noch einmal über dem gefrorenen Hafen."


@pytest.fixture(scope="module")
def guess() -> LanguageGuess:
    guess = LanguageGuess(("en", "de", "zh-cn"))
    guess.begin()
    guess.wait()
    return guess


def cue(text: str = "", language: str | None = None, own: str | None = None) -> Cue:
    voice = None if own is None else VoiceInUse("voice", VoiceProfile("voice"), languages=(own,))
    made = Cue("a", spoken_by=voice, language=language)
    made.add_text(text)
    return made


def of(languages: Languages, cue: Cue, *, complete: bool = True, waited_s: float = 0.0):
    return languages.of(cue, complete=complete, waited_s=waited_s)


def test_a_language_of_its_own_goes_before_the_narrators():
    assert of(Languages("en-GB"), cue()) == "en-GB"
    assert of(Languages("en-GB"), cue(language="de")) == "de"


def test_a_text_is_spoken_in_the_language_it_is_written_in(guess: LanguageGuess):
    languages = Languages(AUTO, "en", guess=guess)
    assert of(languages, cue(GERMAN)) == "de"
    assert of(languages, cue("你好，世界")) == "zh-cn"
    assert of(languages, cue("Et la porte s'ouvrit sur la mer.", language="en")) == "en"


@pytest.mark.parametrize("text", ["", "Gandalf!", "12345", "Legolas."])
def test_where_that_is_not_sure_it_is_the_voices_own(text: str, guess: LanguageGuess):
    languages = Languages(AUTO, "en", guess=guess)
    assert of(languages, cue(text)) == "en"
    assert of(languages, cue(text, own="de")) == "de"


def test_more_text_is_waited_for_but_not_for_long(guess: LanguageGuess):
    languages = Languages(AUTO, "en", guess=guess)
    assert of(languages, cue("Die "), complete=False) is None
    assert languages.again_at(10.0, 10.1) == pytest.approx(10.5)
    assert of(languages, cue(GERMAN), complete=False, waited_s=0.5) == "de"
    assert of(languages, cue(GERMAN * 4), complete=False) == "de"


def test_pace_is_learned_in_one_language():
    assert Languages("de", "en").main == "de"
    assert Languages(AUTO, "en").main == "en"


def test_what_the_voice_does_not_speak_is_refused():
    def limit(language: str) -> int:
        raise SynthesizerError(f"does not speak {language!r}")

    with pytest.raises(SynthesizerError, match="tlh"):
        Languages(most_characters=limit).check("tlh")


def test_without_py3langid_auto_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(language_guess, "find_spec", lambda _: None)
    with pytest.raises(ConfigError, match="pip install py3langid"):
        Languages(guess=LanguageGuess(("en", "de"))).check(AUTO)


def test_a_voice_of_one_language_needs_nothing_to_tell_them_apart(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(language_guess, "find_spec", lambda _: None)
    languages = Languages(AUTO, "en-US", guess=LanguageGuess(("en-US", "en-GB")))
    languages.check(AUTO)
    assert of(languages, cue(GERMAN)) == "en-US"
