"""Which language each cue is spoken in: its own, the narrator's, or what its text is in. Plain but
for the loading of what tells languages apart."""

from collections.abc import Callable
from dataclasses import dataclass, field

from .cue import Cue
from .text.language_guess import LanguageGuess

AUTO = "auto"
"""The language of a cue, or the narrator's, that is to be told by the text."""
_ENOUGH_CHARACTERS = 200
_PATIENCE_S = 0.5
"""A text that comes slowly is judged by what has come by then: nobody shall wait for it."""
_LOADING_S = 0.05
"""How soon to look again whether the guess has loaded."""


def _any_length(language: str) -> int | None:
    del language
    return None


def _no_least(language: str) -> int:
    del language
    return 0


@dataclass(frozen=True, slots=True)
class Languages:
    """What a narrator's voice can speak, and does."""

    usual: str = "en"
    """Of cues without a language: a BCP 47 tag, or `AUTO`."""
    own: str = "en"
    """The voice's own."""
    most_characters: Callable[[str], int | None] = _any_length
    """How long a chunk in a language may be, None for any length; raises `SynthesizerError` for
    one that cannot be spoken."""
    least_characters: Callable[[str], int] = _no_least
    """How short a chunk in a language may be and still be spoken well."""
    guess: LanguageGuess = field(default_factory=lambda: LanguageGuess(()))

    @property
    def main(self) -> str:
        """The one in which the voice's pace is learned: others have other characters a second."""
        return self.own if self.usual == AUTO else self.usual

    def check(self, language: str) -> None:
        """Raise `SynthesizerError` where it cannot be spoken, or `ConfigError` where it is `AUTO`
        and nothing can tell."""
        if language == AUTO:
            self.guess.begin()
        else:
            self.most_characters(language)

    def of(self, cue: Cue, *, complete: bool, waited_s: float) -> str | None:
        """The language of a cue whose text began to come `waited_s` seconds ago; None where more
        of it is needed to tell."""
        wanted = cue.language or self.usual
        if wanted != AUTO:
            return wanted
        enough = complete or waited_s >= _PATIENCE_S or len(cue.text) >= _ENOUGH_CHARACTERS
        if self.guess.loading or not enough:
            return None
        return self.guess.of(cue.text[:_ENOUGH_CHARACTERS]) or cue.voice_language or self.own

    def again_at(self, began_s: float, now: float) -> float:
        """When to ask again, where `of` could not tell at `now` of a text that began then."""
        return max(began_s + _PATIENCE_S, now + _LOADING_S)
