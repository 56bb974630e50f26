"""What a script is read into."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScriptPiece:
    """A run of a cue's text that one speaker says."""

    text: str
    """As written, markup left out; may be empty where it only carries a pause or a beginning."""
    start: int
    """Offset of it in the cue's text, in characters."""
    character: str | None = None
    """Who speaks; None is the narrator."""
    speed: float = 1.0
    pause_s: float = 0.0
    """Silence that the script asks for before it."""
    begins: bool = False
    """An utterance begins here, whoever spoke before."""
    scene: bool = False
    """A scene break lies before it."""
