"""The voices there are, looked at by name, and what each is heard with. Plain."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from ...core.synthesis.registry import VoiceRow

SAMPLES: Final[Mapping[str, str]] = {
    "en": "The gate stood open, and beyond it the road ran down to the sea.",
    "de": "Das Tor stand offen, und dahinter lief die Straße hinab zum Meer.",
    "fr": "La porte était ouverte, et plus loin la route descendait vers la mer.",
    "es": "La puerta estaba abierta, y más allá el camino bajaba hasta el mar.",
    "it": "Il portone era aperto, e più in là la strada scendeva verso il mare.",
    "pt": "O portão estava aberto, e mais adiante a estrada descia até o mar.",
    "nl": "De poort stond open, en daarachter liep de weg omlaag naar de zee.",
    "pl": "Brama stała otworem, a za nią droga schodziła w dół, ku morzu.",
    "cs": "Brána byla otevřená a za ní cesta klesala dolů k moři.",
    "tr": "Kapı açıktı ve ötesinde yol denize doğru iniyordu.",
    "ru": "Ворота были открыты, и за ними дорога спускалась к морю.",
    "hu": "A kapu nyitva állt, és mögötte az út a tengerhez ereszkedett.",
    "zh": "大门敞开着，门外的路一直通向大海。",
    "ja": "門は開いていて、その向こうの道は海へと続いていた。",
    "ko": "문은 열려 있었고, 그 너머로 길이 바다까지 이어져 있었다.",
}
"""What a voice says so that one hears it, by language."""


def sample_in(languages: Sequence[str]) -> str:
    """What a voice of these languages says, its own language first."""
    found = (SAMPLES.get(language.partition("-")[0]) for language in languages)
    return next((text for text in found if text), SAMPLES["en"])


def row_of(rows: Iterable[VoiceRow], voice: str) -> VoiceRow | None:
    """The row that `voice` means, as ``--voice`` takes it; None where none or several do."""
    rows = list(rows)
    name = voice.partition("?")[0].strip()
    exact = [r for r in rows if name == r.voice.spec]
    own = [r for r in rows if name == r.voice.synthesizer and r.is_default]
    named = [r for r in rows if name == r.voice.name]
    found = exact or own or named
    return found[0] if len(found) == 1 else None


def matching(rows: Iterable[VoiceRow], wanted: str) -> list[VoiceRow]:
    """Those that have all the words of `wanted` in what is told of them."""
    words = wanted.casefold().split()
    return [row for row in rows if all(word in _told(row) for word in words)]


def _told(row: VoiceRow) -> str:
    voice = row.voice
    texts = (voice.spec, *voice.languages, voice.licence, voice.source, voice.description)
    return " ".join(texts).casefold()
