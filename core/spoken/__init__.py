"""From written text to what a synthesizer is given to say."""

from .lexicon import Lexicon
from .speaker import SpeakableText
from .spoken_text import SpokenText

__all__ = ["Lexicon", "SpeakableText", "SpokenText"]
