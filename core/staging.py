"""How cues are read, and who speaks them. Plain."""

from .cue import Cue
from .script.pieces import ScriptPiece
from .script.plain import PlainText
from .utterances import Parser
from .voice_in_use import Part, VoiceInUse


class Staging:
    """Reads all cues as plain text, and has them spoken by their own voice or the narrator's."""

    def __init__(self, narrator: VoiceInUse) -> None:
        self.narrator = narrator

    def parser(self, cue: Cue) -> Parser:
        """What reads the text of a cue, from its start."""
        return PlainText(cue.character)

    def part(self, cue: Cue, piece: ScriptPiece) -> Part:
        """Who speaks a piece of a cue, and how."""
        own = cue.spoken_by
        voice = self.narrator if own is None or own.failed else own
        return Part(voice, piece.character, piece.speed)
