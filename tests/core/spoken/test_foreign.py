"""Numbers, money, percent and units in other languages; what is not sure is left alone."""

import pytest

from skaldcast.core.spoken.speaker import SpeakableText
from skaldcast.core.types import SpokenForm

SPEAKABLE = SpeakableText()
_KNOWN = ("es", "fr", "de", "it", "pt", "pl", "tr", "ru", "nl", "cs", "ar", "hu", "ko", "ja")


@pytest.mark.parametrize(
    ("language", "written", "said"),
    [
        ("de", "12.000 Taler", "zwölftausend Taler"),
        ("de-DE", "Am 3. Mai um 14:30", "Am 3. Mai um 14:30"),
        ("de", "Im Jahr 1492 waren es 5.", "Im Jahr vierzehnhundertzweiundneunzig waren es fünf."),
        ("de", "3,50 € für 5 km, 50 %", "drei Euro fünfzig für fünf Kilometer, fünfzig Prozent"),
        ("de", "nach 1 km, 1 Mann", "nach ein Kilometer, 1 Mann"),
        ("de", "3,14 und 2d6", "drei Komma eins vier und 2d6"),
        ("fr", "12 000 écus, 3,50 €", "douze mille écus, trois euros cinquante"),
        ("es", "$5 y 3,50 €", "cinco dólares y tres euros con cincuenta"),
        ("it", "3,5 km e 50%", "tre virgola cinque chilometri e cinquanta per cento"),
        ("pt-BR", "12 moedas", "doze moedas"),
        ("nl", "12 km", "twaalf kilometer"),
        ("ru", "7 €", "7 €"),
        ("zh-cn", "12", "12"),
        ("xx", "12", "12"),
    ],
)
def test_other_languages(language: str, written: str, said: str) -> None:
    assert SPEAKABLE.speak(written, language, SpokenForm.WORDS).text == said


@pytest.mark.parametrize("language", _KNOWN)
def test_a_number_has_words_in_every_language_of_xtts_that_num2words_knows(language: str) -> None:
    said = SPEAKABLE.speak("« 12 »", language, SpokenForm.WORDS).text
    assert not any(c.isdigit() for c in said)
