"""What belongs to a campaign: its cast, and how its names are said."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..core.config import DEFAULT, LoadedSettings
from ..core.script.cast import Cast, CharacterVoice
from ..core.script.cast_file import read_cast
from ..core.spoken.lexicon import Lexicon
from ..core.spoken.lexicon_file import read_lexicon
from ..core.synthesis.registry import VoiceRegistry
from .streams import tell

_FOR_CHECKS = "tone"


@dataclass(frozen=True, slots=True)
class CastRules:
    """Which voices those get whom a cast file gives none."""

    narrator: str
    """The narrator's voice."""
    voices: tuple[str, ...] = ()
    """What is given away; with fewer than two everybody speaks with the narrator's."""

    def cast(self, parts: Iterable[CharacterVoice]) -> Cast:
        """The cast of these characters; raises `ConfigError`."""
        auto = len(self.voices) > 1
        return Cast(parts, auto=auto, voices=self.voices, narrator=self.narrator)


def cast_rules(loaded: LoadedSettings) -> CastRules:
    """As the settings have it; looks at what is installed."""
    settings = loaded.settings
    chosen = loaded.origins["voice"] != DEFAULT
    auto = not chosen if settings.cast.auto is None else settings.cast.auto
    return CastRules(settings.voice, tuple(_voices(loaded)) if auto else ())


def read_campaign_cast(loaded: LoadedSettings) -> Cast:
    """The cast that the settings name; raises `ConfigError`."""
    file = loaded.settings.cast.file
    return cast_rules(loaded).cast([] if file is None else read_cast(file))


def read_campaign_lexicon(loaded: LoadedSettings) -> Lexicon:
    """The lexicon that the settings name; what is wrong in it is told, and all else is in force.
    Raises `ConfigError` where it cannot be read at all."""
    found = read_lexicon(loaded.settings.lexicon.file)
    for problem in found.problems:
        tell(problem)
    return found.lexicon


def _voices(loaded: LoadedSettings) -> list[str]:
    """Those that can be given to characters: in the narrator's language, its own synthesizer's
    alone where that has several, for each other one has to be loaded beside it."""
    settings = loaded.settings
    rows = VoiceRegistry(settings=settings.synthesizers).list_voices()
    there = [r.voice for r in rows if not r.missing and r.voice.synthesizer != _FOR_CHECKS]
    narrator = next((v for v in there if settings.voice in (v.spec, v.name)), None)
    if narrator is None:
        return [voice.spec for voice in there]
    language = _primary(narrator.languages[0])
    there = [v for v in there if language in map(_primary, v.languages)]
    own = [voice for voice in there if voice.synthesizer == narrator.synthesizer]
    return [voice.spec for voice in (own if len(own) > 1 else there)]


def _primary(language: str) -> str:
    return language.partition("-")[0]
