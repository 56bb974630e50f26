"""The voices that a narration speaks with, and the parts that they take. Plain."""

from collections.abc import Callable
from dataclasses import dataclass

from .synthesis.voice_profile import VoiceProfile
from .text.pace import Pace
from .types import SpokenForm


def any_length(language: str) -> int | None:
    """What a voice says that speaks chunks of any length."""
    del language
    return None


def no_least(language: str) -> int:
    """What a voice says that speaks chunks however short."""
    del language
    return 0


@dataclass(eq=False, slots=True)
class VoiceInUse:
    """A voice that chunks are synthesised with, and what is known of it."""

    name: str
    """What a synthesis request calls it."""
    profile: VoiceProfile
    synthesizer: str = ""
    """Which of the worker's synthesizers it belongs to; empty is the narrator's."""
    languages: tuple[str, ...] = ("en",)
    """BCP 47 tags, the first its own."""
    most_characters: Callable[[str], int | None] = any_length
    """How long a chunk in a language may be; raises `SynthesizerError` for one it does not
    speak."""

    least_characters: Callable[[str], int] = no_least
    """How short a chunk in a language may be and still be spoken well."""
    spoken_form: SpokenForm = SpokenForm.WORDS
    """What it is given for a text."""
    pronounce: Callable[[str, str], str] | None = None
    """Puts a word and its IPA into the form that it reads, where it does."""
    model: str | None = None
    """By which its speech may be kept, as `speech_model` gives it; None: it may not."""
    loaded: bool = True
    """Its synthesizer is ready."""
    failed: bool = False
    """It cannot be had: the narrator's voice speaks for it."""

    def language_for(self, wanted: str) -> str:
        """What it speaks where a text is in `wanted`: its own kind of that language, and its own
        language where it speaks no such thing."""
        if wanted in self.languages:
            return wanted
        primary = wanted.partition("-")[0]
        return next(
            (t for t in self.languages if t.partition("-")[0] == primary), self.languages[0]
        )

    def pace(self) -> Pace:
        """How fast it speaks and is made, at the narrator's speed."""
        return self.profile.pace()


@dataclass(frozen=True, slots=True)
class Part:
    """Who speaks an utterance, and how."""

    voice: VoiceInUse
    character: str | None = None
    """None is the narrator."""
    speed: float = 1.0
    """Beside the narrator's own."""
    gain_db: float = 0.0
